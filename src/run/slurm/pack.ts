/** How entries are packed into tasks, and tasks into arrays. Pure. */

/** So many experiments a task, or as many as take about a minute. */
export type Packing = number | "auto";

/** Starting a job costs the cluster seconds: a task should last longer than that. */
const taskMs = 60_000;
/** Where nobody knows how long one takes, a task gets one, until there are so many tasks. */
const tasksAtFirst = 64;

export interface ToPack {
  readonly entries: number;
  /** Of one experiment, from earlier runs; undefined: nobody knows. */
  readonly expectedMs: number | undefined;
  /** So many tasks are to run at once; undefined: as many as there is room for. */
  readonly jobs: number | undefined;
}

export function packSize(packing: Packing, { entries, expectedMs, jobs }: ToPack): number {
  if (packing !== "auto") return packing;
  const usual =
    expectedMs === undefined ? Math.ceil(entries / tasksAtFirst) : Math.floor(taskMs / Math.max(1, expectedMs));
  // Fewer tasks than may run at once would leave some of these without work.
  return Math.max(1, Math.min(usual, Math.ceil(entries / (jobs ?? 1))));
}

/** Parts of that size, of which the last may be smaller. */
export function packed<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
