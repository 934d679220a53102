/** Tasks of the queue for which a condition holds. */
import type { QueueStatus } from "../../../experiments/queue/status.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";

/** Commits of experiments and entries for which it holds; undefined without a condition. */
export async function commitsWhere(
  context: ExperimentsContext,
  where: string | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (where === undefined) return undefined;
  const { findExperiments } = await import("../../../experiments/find/find.ts");
  const found = await findExperiments(context, { where, best: undefined, top: undefined });
  return new Set(found.map(({ facts }) => facts.commit));
}

/** The status with no other tasks. */
export function onlyTasks(status: QueueStatus, commits: ReadonlySet<string> | undefined): QueueStatus {
  if (commits === undefined) return status;
  return { ...status, tasks: status.tasks.filter(({ commit }) => commits.has(commit)) };
}
