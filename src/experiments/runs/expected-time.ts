/** How long experiments take, from the records of the runs so far. */
import type { StateLayout } from "../layout.ts";
import { listRuns, readRunRecord, runFolder } from "./records.ts";

export interface ExpectedTime {
  /** The mean of one experiment, and of how many runs. */
  readonly meanMs: number;
  readonly runs: number;
  readonly totalMs: number;
}

/** Enough for a mean; older runs say little about the code of today. */
const mostRuns = 50;
const mostLooks = 500;

/** @returns undefined where no run has succeeded yet */
export function expectedTime(state: StateLayout, experiments: number, jobs: number): ExpectedTime | undefined {
  const durations: number[] = [];
  const newest = [...listRuns(state)].reverse().slice(0, mostLooks);
  for (const { sequence, name, place } of newest) {
    const record = readRunRecord(runFolder(state, { sequence, name, place }));
    if (record?.state === "success") durations.push(record.elapsedMs);
    if (durations.length === mostRuns) break;
  }
  if (durations.length === 0) return undefined;
  const meanMs = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
  return { meanMs, runs: durations.length, totalMs: meanMs * Math.ceil(experiments / jobs) };
}
