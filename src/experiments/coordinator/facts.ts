/** What is known of the background coordinator: one process for the repository, however many times it was started. */
import { readIfExists, writeAtomic } from "../../base/files.ts";
import { lockHolder } from "../../base/locks.ts";
import type { ProcessIdentity } from "../../base/processes.ts";
import type { StateLayout } from "../layout.ts";

export interface BackgroundCoordinator extends ProcessIdentity {
  /** How many experiments it runs at once. */
  readonly jobs: number;
  /** "draining": `queue stop` was called, and it waits for what runs. */
  readonly state: "working" | "draining";
}

/** The living background coordinator, or undefined, also before it has said how many jobs it has. */
export function backgroundCoordinator(state: StateLayout): BackgroundCoordinator | undefined {
  const owner = lockHolder(state.coordinatorLock);
  if (owner === undefined) return undefined;
  // The file stays behind: that of an earlier coordinator says nothing.
  const facts = (readIfExists(state.coordinatorFacts)?.toString() ?? "").split(" ");
  const [pid, jobs] = facts.map(Number);
  if (pid !== owner.pid || jobs === undefined || !Number.isSafeInteger(jobs)) return undefined;
  return { pid: owner.pid, startedAt: owner.startedAt, jobs, state: facts[2] === "draining" ? "draining" : "working" };
}

/** Told by the coordinator itself, as soon as it has its lock and whenever something of it changes. */
export function publishWorkers(
  layout: StateLayout,
  { jobs, state }: Pick<BackgroundCoordinator, "jobs" | "state">,
): void {
  writeAtomic(layout.coordinatorFacts, `${process.pid} ${jobs} ${state}`);
}
