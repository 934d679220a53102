/** --jobs auto: of as many experiments as there are cores, no more at once than the memory holds. */
import { availableBytes, memoryOfGroups, reserveBytes } from "./memory.ts";

/** What is known when another experiment could start. All in bytes. */
export interface MemoryFacts {
  /** What each running experiment uses now; undefined: it was not measured yet. */
  readonly running: readonly (number | undefined)[];
  /** The running average of what experiments used at most; undefined before the first has ended. */
  readonly average: number | undefined;
  readonly available: number;
  readonly reserve: number;
}

/**
 * Whether one more may start: the memory that is free must hold it, after those that run have grown to the average.
 * Before the first has ended the largest running one stands for the average, so the number grows step by step.
 */
export function mayStartAnother(facts: MemoryFacts): boolean {
  const { running, average } = facts;
  if (running.length === 0) return true;
  const measured = running.filter((bytes) => bytes !== undefined);
  if (average === undefined && measured.length < running.length) return false;
  const expected = average ?? Math.max(...measured);
  const stillToCome = running.reduce<number>((sum, bytes) => sum + Math.max(0, expected - (bytes ?? 0)), 0);
  return facts.available - facts.reserve - stillToCome >= expected;
}

/** How much the newest experiment counts in the average. */
const newestShare = 0.3;
const sampleMs = 500;

export interface Measured {
  groups(): readonly number[];
}

/** Measures the running experiments, and says whether another may start. */
export class AutoJobs {
  private readonly current = new Map<Measured, number>();
  private readonly peaks = new Map<Measured, number>();
  private average: number | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly running: () => Iterable<Measured>) {
    this.timer = setInterval(() => this.sample(), sampleMs);
    this.timer.unref();
  }

  sample(): void {
    const runs = [...this.running()];
    const bytes = memoryOfGroups(new Set(runs.flatMap((run) => run.groups())));
    for (const run of runs) {
      const used = run.groups().reduce((sum, group) => sum + (bytes.get(group) ?? 0), 0);
      this.current.set(run, used);
      this.peaks.set(run, Math.max(used, this.peaks.get(run) ?? 0));
    }
  }

  mayStart(): boolean {
    const running = [...this.running()].map((run) => this.current.get(run));
    const { average } = this;
    return mayStartAnother({ running, average, available: availableBytes(), reserve: reserveBytes() });
  }

  /** One that was too short to be measured counts as nothing. */
  ended(run: Measured): void {
    const peak = this.peaks.get(run) ?? 0;
    this.average = this.average === undefined ? peak : this.average * (1 - newestShare) + peak * newestShare;
    this.current.delete(run);
    this.peaks.delete(run);
  }

  close(): void {
    clearInterval(this.timer);
  }
}
