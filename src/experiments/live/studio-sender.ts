/**
 * Sends events in the background: those of one experiment one after the other, those of several beside each other. It holds
 * only so many; a server that does not answer is given up. Nobody waits for it but close(), and that not for long.
 */

import type { Environment } from "../../project/config.ts";
import { closingMs, type StudioSettings } from "./studio-settings.ts";
import { type PostAnswer, postJson, webAddress } from "./web-post.ts";

/** As DVC's client: JSON of one event. undefined: there is nothing to send after all. */
export type EventBody = () => Promise<Readonly<Record<string, unknown>> | undefined>;

export interface SenderLimits {
  /** Requests at a time. */
  readonly atOnce: number;
  /** Events that may wait. */
  readonly most: number;
  /** One request. */
  readonly requestMs: number;
}

const usual: SenderLimits = { atOnce: 4, most: 10_000, requestMs: 10_000 };

/** Studio takes no larger body (dvc_studio_client). */
const mostBytes = 29_000_000;

/** So many failures in a row, and nothing more is tried. */
const mostFailures = 3;

export class StudioSender {
  readonly #url: URL;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #free: (() => void)[] = [];
  readonly #end = new AbortController();
  #running = 0;
  #waiting = 0;
  #failures = 0;
  #state: "open" | "given up" = "open";

  constructor(
    private readonly settings: StudioSettings,
    private readonly asked: { readonly environment: Environment; warn(message: string): void },
    private readonly limits: SenderLimits = usual,
  ) {
    this.#url = webAddress(asked.environment.STUDIO_ENDPOINT || "api/live", settings.url.href) ?? settings.url;
  }

  /** Takes an event over; those of one lane arrive in their order. */
  send(lane: string, body: EventBody): void {
    if (this.#waiting >= this.limits.most) this.#giveUp("too many updates wait");
    if (this.#state !== "open") return;
    this.#waiting++;
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const done = before.then(() => this.#inTurn(body));
    this.#lanes.set(lane, done);
    void done.finally(() => {
      this.#waiting--;
      if (this.#lanes.get(lane) === done) this.#lanes.delete(lane);
    });
  }

  /** Waits for what is under way, as long as there is time; drops the rest. */
  async close(): Promise<void> {
    const all = Promise.all(this.#lanes.values());
    const limit = setTimeout(() => this.#giveUp("no answer in time"), closingMs(this.asked.environment));
    try {
      await all;
    } finally {
      clearTimeout(limit);
      this.#state = "given up";
    }
  }

  async #inTurn(body: EventBody): Promise<void> {
    // Who waits gets the turn of who ends, so that nobody comes in between.
    if (this.#running >= this.limits.atOnce) await new Promise<void>((resolve) => this.#free.push(resolve));
    else this.#running++;
    try {
      if (this.#state === "open") await this.#post(body);
    } finally {
      const next = this.#free.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  async #post(body: EventBody): Promise<void> {
    const event = await body();
    if (event === undefined || this.#state !== "open") return;
    const text = JSON.stringify(event);
    if (Buffer.byteLength(text) > mostBytes) return;
    this.#note(
      await postJson({
        url: this.#url,
        headers: { authorization: `token ${this.settings.token}` },
        body: text,
        limitMs: this.limits.requestMs,
        signal: this.#end.signal,
      }),
    );
  }

  #note(answer: PostAnswer): void {
    if (answer.kind === "answered" && answer.status === 200) {
      this.#failures = 0;
      return;
    }
    this.#failures++;
    const why = answer.kind === "none" ? answer.why : `the server says ${answer.status}`;
    const isDenied = answer.kind === "answered" && (answer.status === 401 || answer.status === 403);
    if (isDenied || this.#failures >= mostFailures) this.#giveUp(why);
  }

  #giveUp(why: string): void {
    if (this.#state !== "open") return;
    this.#state = "given up";
    this.#end.abort();
    this.asked.warn(`no more live updates to ${this.#url.origin}: ${why}. The experiments are not affected.`);
  }
}
