/**
 * Sends events in the background: those of one experiment one after the other, those of several beside each other. It holds
 * only so many; what a server did not take is sent again a few times, then the server is given up. Nobody waits for it but close(),
 * and that not for long.
 */

import { pause } from "../../base/pause.ts";
import { Turns } from "../../base/promises.ts";
import type { Environment } from "../../project/config.ts";
import { closingMs, type StudioSettings } from "./studio-settings.ts";
import { type PostAnswer, postJson, webAddress } from "./web-post.ts";

/** As DVC's client: JSON of one event. undefined: there is nothing to send after all. */
export type EventBody = () => Promise<Readonly<Record<string, unknown>> | undefined>;

export interface SenderLimits {
  /** Requests at a time. */
  readonly atOnce: number;
  /** Events at a time that are made or on their way; no others take memory for what they say. */
  readonly ahead: number;
  /** Events that may wait. */
  readonly most: number;
  /** One request. */
  readonly requestMs: number;
  /** Before each further try of an event. */
  readonly pausesMs: readonly number[];
}

const usual: SenderLimits = { atOnce: 4, ahead: 64, most: 10_000, requestMs: 10_000, pausesMs: [500, 2_000] };

/** Studio takes no larger body (dvc_studio_client). */
const mostBytes = 29_000_000;

/** So many events in a row that the server does not want, and nothing more is tried. */
const mostRefused = 3;

/** What may be otherwise the next time: no answer, too many requests, a server in trouble. */
function isPassing(answer: PostAnswer): boolean {
  return answer.kind === "none" || answer.status === 408 || answer.status === 429 || answer.status >= 500;
}

export class StudioSender {
  readonly #url: URL;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #making: Turns;
  readonly #posting: Turns;
  readonly #end = new AbortController();
  /** The run is over: no more pauses. */
  readonly #closing = new AbortController();
  #waiting = 0;
  #refused = 0;
  #state: "open" | "given up" = "open";

  constructor(
    private readonly settings: StudioSettings,
    private readonly asked: { readonly environment: Environment; warn(message: string): void },
    private readonly limits: SenderLimits = usual,
  ) {
    this.#url = webAddress(asked.environment.STUDIO_ENDPOINT || "api/live", settings.url.href) ?? settings.url;
    this.#making = new Turns(limits.ahead);
    this.#posting = new Turns(limits.atOnce);
  }

  /** Takes an event over; those of one lane arrive in their order. */
  send(lane: string, body: EventBody): void {
    if (this.#waiting >= this.limits.most) this.#giveUp("too many updates wait");
    if (this.#state !== "open") return;
    this.#waiting++;
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const done = before.then(() => this.#making.take(() => this.#make(body)));
    this.#lanes.set(lane, done);
    void done.finally(() => {
      this.#waiting--;
      if (this.#lanes.get(lane) === done) this.#lanes.delete(lane);
    });
  }

  /** Waits for what is under way, as long as there is time; drops the rest. */
  async close(): Promise<void> {
    this.#closing.abort();
    const all = Promise.all(this.#lanes.values());
    const limit = setTimeout(() => this.#giveUp("no answer in time"), closingMs(this.asked.environment));
    try {
      await all;
    } finally {
      clearTimeout(limit);
      this.#state = "given up";
    }
  }

  async #make(body: EventBody): Promise<void> {
    if (this.#state !== "open") return;
    const event = await body();
    if (event === undefined) return;
    const text = JSON.stringify(event);
    if (Buffer.byteLength(text) <= mostBytes) await this.#posting.take(() => this.#post(text));
  }

  async #post(text: string): Promise<void> {
    for (const pauseMs of [...this.limits.pausesMs, undefined]) {
      if (this.#state !== "open") return;
      const answer = await postJson({
        url: this.#url,
        headers: { authorization: `token ${this.settings.token}` },
        body: text,
        limitMs: this.limits.requestMs,
        signal: this.#end.signal,
      });
      if (pauseMs === undefined || !isPassing(answer)) return this.#note(answer);
      await pause(pauseMs, this.#closing.signal);
    }
  }

  /** The last answer to an event. */
  #note(answer: PostAnswer): void {
    if (answer.kind === "answered" && answer.status === 200) {
      this.#refused = 0;
      return;
    }
    this.#refused++;
    const why = answer.kind === "none" ? answer.why : `the server says ${answer.status}`;
    const isDenied = answer.kind === "answered" && (answer.status === 401 || answer.status === 403);
    if (isDenied || isPassing(answer) || this.#refused >= mostRefused) this.#giveUp(why);
  }

  #giveUp(why: string): void {
    if (this.#state !== "open") return;
    this.#state = "given up";
    this.#end.abort();
    this.#closing.abort();
    this.asked.warn(`no more live updates to ${this.#url.origin}: ${why}. The experiments are not affected.`);
  }
}
