/** Notifies of a run's start, of each failure and of its end: to a web server, signed, and to a command of the user's. */
import { createHmac } from "node:crypto";
import path from "node:path";
import { tryLock, unlock } from "../../base/locks.ts";
import { pause } from "../../base/pause.ts";
import { runWithInput } from "../../pipeline/processes/told-command.ts";
import type { RunEvent } from "../events.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { NotifySettings } from "./notify-settings.ts";
import { type Letter, Outbox } from "./outbox.ts";
import { closingMs, type StudioAsked } from "./studio-settings.ts";
import { postJson } from "./web-post.ts";

type Told = Extract<RunEvent, { type: "planned" | "failed" | "summary" }>;

const limits = {
  /** One request, or one run of the command. */
  requestMs: 10_000,
  /** The first pause after a failure; each next one is twice as long. */
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
  /** Older ones are dropped. */
  keepMs: 3_600_000,
};

/** What to type to see more. */
function commandFor(event: Told, sweep: string | undefined): string {
  if (event.type === "failed") return `sweepline exp logs ${event.experiment.name}`;
  return sweep === undefined ? "sweepline exp show" : `sweepline sweep show ${sweep}`;
}

/** HMAC-SHA256 of the time, a point and the body: who knows the secret can tell that we sent it, and when. */
function signature(secret: string, time: number, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

export class Notifier {
  readonly #outbox: Outbox;
  readonly #end = new AbortController();
  #sweep: string | undefined;
  #sending: Promise<void> | undefined;
  #commands: Promise<void> = Promise.resolve();
  /** The run is over: no more pauses. */
  readonly #closing = new AbortController();

  constructor(
    private readonly context: ExperimentsContext,
    private readonly settings: NotifySettings,
    private readonly asked: StudioAsked,
  ) {
    this.#outbox = new Outbox(context.state);
  }

  emit(event: RunEvent): void {
    if (event.type !== "planned" && event.type !== "failed" && event.type !== "summary") return;
    if (event.type === "planned") this.#sweep = event.sweep;
    const project = path.basename(this.context.project.root);
    const body = JSON.stringify({ schema: 1, ...event, project, see: commandFor(event, this.#sweep) });
    if (this.settings.command !== undefined) this.#call(this.settings.command, body);
    if (this.settings.url === undefined) return;
    if (!this.#outbox.put(body, event.at)) this.asked.warn("too many notifications wait: this one is dropped");
    this.#sending ??= this.#send(this.settings.url).finally(() => {
      this.#sending = undefined;
    });
  }

  /** Gives what is under way a moment; the next run tries again what is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    const limit = setTimeout(() => this.#end.abort(), closingMs(this.asked.environment));
    const isOver = new Promise<void>((resolve) => this.#end.signal.addEventListener("abort", () => resolve()));
    await Promise.race([Promise.all([this.#sending, this.#commands]), isOver]);
    clearTimeout(limit);
    this.#end.abort();
    const { settings } = this;
    const left = settings.url === undefined ? 0 : this.#outbox.letters().length;
    if (left > 0)
      this.asked.warn(
        `${left} notifications did not reach ${settings.url?.host}: the next run tries again, for an hour`,
      );
  }

  #call(command: string, body: string): void {
    const { requestMs } = limits;
    this.#commands = this.#commands.then(async () => {
      if (this.#end.signal.aborted) return;
      const problem = await runWithInput(command, {
        input: body,
        folder: this.context.project.root,
        limitMs: requestMs,
      });
      if (problem !== undefined) this.asked.warn(`notify.command failed: ${problem}`);
    });
  }

  /** Until nothing is left, or the run is over; another process that sends takes ours along. */
  async #send(url: URL): Promise<void> {
    const lock = `${this.context.state.outbox}.lock`;
    if (!tryLock(lock, "sending notifications")) return;
    let pauseMs = limits.firstPauseMs;
    try {
      for (;;) {
        const [letter] = this.#fresh();
        if (letter === undefined || this.#end.signal.aborted) return;
        if (await this.#deliver(url, letter)) {
          this.#outbox.remove(letter);
          pauseMs = limits.firstPauseMs;
          continue;
        }
        if (this.#closing.signal.aborted) return;
        await pause(pauseMs, this.#closing.signal);
        pauseMs = Math.min(2 * pauseMs, limits.longestPauseMs);
      }
    } finally {
      unlock(lock);
    }
  }

  /** Without those that are too old, which are dropped with a word. */
  #fresh(): readonly Letter[] {
    const letters = this.#outbox.letters();
    const old = letters.filter(({ at }) => Date.now() - at > limits.keepMs);
    for (const letter of old) this.#outbox.remove(letter);
    if (old.length > 0)
      this.asked.warn(`${old.length} notifications were dropped: they could not be delivered for an hour`);
    return letters.filter((letter) => !old.includes(letter));
  }

  async #deliver(url: URL, { body }: Letter): Promise<boolean> {
    const time = Math.floor(Date.now() / 1000);
    const { secret } = this.settings;
    const headers = {
      "x-sweepline-time": String(time),
      ...(secret === undefined ? {} : { "x-sweepline-signature": signature(secret, time, body) }),
    };
    const answer = await postJson({ url, headers, body, limitMs: limits.requestMs, signal: this.#end.signal });
    return answer.kind === "answered" && answer.status >= 200 && answer.status < 300;
  }
}
