/** The background coordinator: runs the queue until it has been empty for a while. */
import { CoordinatorRole } from "../experiments/coordinator/role.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { jobsNumber } from "./local-engine.ts";
import { type QueueOutcome, type QueueWatcher, type RunQueueRequest, runQueue } from "./run-queue.ts";

export interface BackgroundRequest extends Pick<RunQueueRequest, "jobs" | "onFailure" | "limits"> {
  /** How long it stays without work. */
  readonly idleMs: number;
}

/** As runQueue; undefined where another process is the coordinator already. */
export async function runInBackground(
  context: ExperimentsContext,
  { idleMs, ...request }: BackgroundRequest,
  watcher: QueueWatcher,
): Promise<QueueOutcome | undefined> {
  const role = CoordinatorRole.take(context.state, jobsNumber(request.jobs));
  if (role === undefined) return undefined;
  const background = {
    idleMs,
    changed: (jobs: number, state: "working" | "draining") => role.tell({ jobs, state }),
    retire: () => role.retire(),
  };
  try {
    return await runQueue(context, { ...request, claims: "take", background }, watcher);
  } finally {
    role.leave();
  }
}
