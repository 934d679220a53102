/** What a run has told so far, as counts and as the list of experiments that run now. No drawing, no clock. */
import type { RunEvent } from "../../experiments/events.ts";
import { type BestSoFar, betterOf } from "./best-so-far.ts";

export class Tally {
  total = 0;
  jobs = 1;
  succeeded = 0;
  failed = 0;
  interrupting = false;
  startedAt: number | undefined;
  best: BestSoFar | undefined;
  /** name to the time it started. */
  readonly running = new Map<string, number>();
  #endedMs = 0;
  /** As a search says it. */
  #searchEndsAt: number | undefined;

  add(event: RunEvent): void {
    this.best = betterOf(this.best, event);
    this.startedAt ??= event.at;
    switch (event.type) {
      case "planned":
        this.total = event.total;
        this.jobs = Math.max(1, event.jobs);
        return;
      case "started":
        this.running.set(event.experiment.name, event.at);
        return;
      case "finished":
        this.succeeded += 1;
        this.#end(event.experiment.name, event.elapsedMs);
        return;
      case "failed":
        this.failed += 1;
        this.#end(event.experiment.name, event.elapsedMs);
        return;
      case "requeued":
        this.running.delete(event.experiment.name);
        return;
      case "interrupting":
        this.interrupting = true;
        return;
      case "trial":
        this.#searchEndsAt = event.left === undefined ? undefined : event.at + event.left.ms;
        return;
      case "checkpoint":
      case "metrics":
      case "stage":
      case "summary":
        return;
    }
  }

  #end(name: string, elapsedMs: number): void {
    this.running.delete(name);
    this.#endedMs += elapsedMs;
  }

  get ended(): number {
    return this.succeeded + this.failed;
  }

  get queued(): number {
    return Math.max(0, this.total - this.ended - this.running.size);
  }

  /** Milliseconds until all are done, judged by the mean of those that ended; undefined before the first has. */
  timeLeft(now: number): number | undefined {
    if (this.#searchEndsAt !== undefined) return Math.max(0, this.#searchEndsAt - now);
    if (this.ended === 0) return undefined;
    const meanMs = this.#endedMs / this.ended;
    let workMs = this.queued * meanMs;
    let longestMs = 0;
    for (const startedAt of this.running.values()) {
      const restMs = Math.max(0, meanMs - (now - startedAt));
      workMs += restMs;
      longestMs = Math.max(longestMs, restMs);
    }
    return Math.max(longestMs, workMs / this.jobs);
  }
}
