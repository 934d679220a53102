/** When experiments ran, from the records of the runs of this repository: nothing in their commits says it. */
import type { StateLayout } from "../layout.ts";
import { listRuns, readRunRecord, runFolder } from "./records.ts";

/** Milliseconds since the epoch. */
export interface RunTime {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** By the commit that came of it; what ran elsewhere has none, nor has what ran before its record was removed. */
export function runTimes(state: StateLayout): ReadonlyMap<string, RunTime> {
  const times = new Map<string, RunTime>();
  for (const run of listRuns(state)) {
    const record = readRunRecord(runFolder(state, run));
    if (record?.commit === undefined) continue;
    const { startedAt, elapsedMs } = record;
    times.set(record.commit, { startedAt, endedAt: startedAt + elapsedMs });
  }
  return times;
}
