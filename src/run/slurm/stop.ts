/** Ends what Slurm has of the queue. */
import { isOver } from "../../base/cluster-jobs.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { type Batch, type BatchMark, jobPrefix, listBatches, markBatch } from "./batches.ts";
import { SlurmCommands, type SlurmJob } from "./commands.ts";

function batchOf({ name }: SlurmJob): string {
  return name.slice(jobPrefix.length).split(".")[0] ?? "";
}

/** Jobs of the batches that wait or run. */
async function jobsOf(slurm: SlurmCommands, batches: readonly Batch[]): Promise<readonly SlurmJob[]> {
  const ids = new Set(batches.map(({ id }) => id));
  const jobs = (await slurm.jobs(jobPrefix)) ?? [];
  return jobs.filter((job) => ids.has(batchOf(job)) && !isOver(job.state));
}

/**
 * "stop": takes back what has not started; tasks that run end what they run, and start nothing more. "cancel": ends those too, and
 * what they ran is in the queue again. The mark comes first: a task that starts meanwhile sees it.
 */
export async function cancelBatches(slurm: SlurmCommands, batches: readonly Batch[], mark: BatchMark): Promise<void> {
  for (const batch of batches) markBatch(batch, mark);
  const jobs = await jobsOf(slurm, batches);
  await slurm.cancel([...new Set(jobs.map(({ id }) => id))], mark === "stop" ? "pending" : undefined);
}

/** Jobs of this repository's queue that wait or run; none where nothing was ever sent to Slurm. */
export async function livingJobs(context: ExperimentsContext): Promise<readonly SlurmJob[]> {
  const batches = listBatches(context.state);
  return batches.length === 0 ? [] : jobsOf(new SlurmCommands(context.project.root), batches);
}

/** Answers whether any job was there to be ended. */
export async function stopSlurm(context: ExperimentsContext, manner: "wait" | "kill"): Promise<boolean> {
  const jobs = await livingJobs(context);
  if (jobs.length === 0) return false;
  const names = new Set(jobs.map(batchOf));
  const batches = listBatches(context.state).filter(({ id }) => names.has(id));
  await cancelBatches(new SlurmCommands(context.project.root), batches, manner === "kill" ? "cancel" : "stop");
  return true;
}
