/** What is known of the background coordinator: one process for the repository, however many times it was started. */
import { readIfExists, removeFile, writeAtomic } from "../base/files.ts";
import { isAlive, type ProcessIdentity } from "../base/processes.ts";
import type { StateLayout } from "./layout.ts";
import { readLock } from "./locks.ts";

export interface BackgroundCoordinator extends ProcessIdentity {
  /** How many experiments it runs at once. */
  readonly jobs: number;
}

/** The living background coordinator, or undefined. */
export function backgroundCoordinator(state: StateLayout): BackgroundCoordinator | undefined {
  const owner = readLock(state.coordinatorLock);
  if (owner === undefined || owner === "broken" || !isAlive(owner)) return undefined;
  return { pid: owner.pid, startedAt: owner.startedAt, jobs: readJobs(state) };
}

function readJobs(state: StateLayout): number {
  const text = readIfExists(state.coordinatorFacts)?.toString() ?? "";
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 1;
}

/** Told by the coordinator itself, before it takes its lock and whenever the number changes. */
export function publishJobs(state: StateLayout, jobs: number): void {
  writeAtomic(state.coordinatorFacts, String(jobs));
}

export function withdrawJobs(state: StateLayout): void {
  removeFile(state.coordinatorFacts);
}
