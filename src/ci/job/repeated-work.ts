/** Work beside the points that run, again and again: the first time at once where that is asked for, then at most every so often. */
import { SweeplineError } from "../../base/errors.ts";
import { toldLater } from "../../base/promises.ts";

export interface RepeatedWorkOptions {
  /** From the end of one turn to the next. */
  readonly everyMs: number;
  /** Told once, where a turn fails: the points run on, and it is tried again. */
  warn(message: string): void;
  work(): Promise<void>;
  /** Whether there is more to do, after a turn. */
  isDue(): boolean;
}

export class RepeatedWork {
  private readonly warned = new Set<string>();
  private readonly startedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();
  private lastEnd: number | undefined;
  private state: "idle" | "working" | "closed" = "idle";

  constructor(private readonly options: RepeatedWorkOptions) {}

  /** @param first when the first turn is due; a short job that waits for its time has none */
  ask(first: "at once" | "in time"): void {
    this.schedule(this.lastEnd ?? (first === "at once" ? undefined : this.startedAt));
  }

  /** There is no turn any more; waits for the one that is under way. */
  async close(): Promise<void> {
    this.state = "closed";
    clearTimeout(this.timer);
    await this.turn;
  }

  /** @param after the end of the turn before it; undefined: there was none */
  private schedule(after: number | undefined): void {
    if (this.state !== "idle" || (this.timer !== undefined && after !== undefined)) return;
    clearTimeout(this.timer);
    const wait = after === undefined ? 0 : Math.max(0, after + this.options.everyMs - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.turn = toldLater(this.workQuietly());
    }, wait);
    // What runs keeps the process alive.
    this.timer.unref();
  }

  private async workQuietly(): Promise<void> {
    this.state = "working";
    try {
      await this.options.work();
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      if (!this.warned.has(error.message)) this.options.warn(error.message);
      this.warned.add(error.message);
    }
    this.lastEnd = performance.now();
    if (this.state === "working") this.state = "idle";
    if (this.options.isDue()) this.schedule(this.lastEnd);
  }
}
