/** Sends queued entries to Slurm: as few arrays as its limits allow, each task with one entry or several. */

import path from "node:path";
import { isOver } from "../../base/cluster-jobs.ts";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, writeAtomic } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { listQueue, runningSequences } from "../../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { expectedTime } from "../../experiments/runs/expected-time.ts";
import {
  type Batch,
  isMarked,
  jobName,
  jobPrefix,
  listBatches,
  makeBatch,
  removeBatch,
  submitLock,
  type TaskLimits,
} from "./batches.ts";
import type { SlurmCommands, SlurmJob } from "./commands.ts";
import { type SlurmOptions, sbatchWords } from "./options.ts";
import { packed, packSize } from "./pack.ts";

export interface Submitting {
  readonly context: ExperimentsContext;
  readonly slurm: SlurmCommands;
  readonly options: SlurmOptions;
  readonly limits: TaskLimits;
  /** Tasks at once; undefined: as many as Slurm has room for. */
  readonly jobs: number | undefined;
}

export interface Submitted {
  /** The new batch, where anything was sent. */
  readonly batch: Batch | undefined;
  /** Numbers of its jobs, as Slurm has them. */
  readonly jobs: readonly string[];
  /** Batches of before that have some of the entries still. */
  readonly earlier: readonly Batch[];
  /** Entries that run, or wait, elsewhere: in those batches or in another process. */
  readonly covered: ReadonlySet<number>;
}

/** The job that a task is, or was; undefined where Slurm has forgotten it. */
export function jobOfTask({ id, arraySize }: Batch, task: number, jobs: readonly SlurmJob[]): SlurmJob | undefined {
  const name = jobName(id, Math.floor(task / arraySize));
  const own = jobs.filter((job) => job.name === name && job.tasks(task % arraySize));
  return own.find(({ state }) => !isOver(state)) ?? own.at(0);
}

/** Entries of tasks whose jobs are still to come or run. */
function coveredBy(batch: Batch, jobs: readonly SlurmJob[]): readonly number[] {
  if (isMarked(batch, "cancel")) return [];
  return batch.tasks.flatMap((entries, task) => {
    const job = jobOfTask(batch, task, jobs);
    return job === undefined || isOver(job.state) ? [] : entries;
  });
}

/** Who watches a batch removes it in the end; those that nobody watched to their end go after a while. */
const keptMs = 24 * 60 * 60_000;

function removeOld(batches: readonly Batch[]): void {
  const before = Date.now() - keptMs;
  for (const batch of batches) if ((lstatIfExists(batch.folder)?.mtimeMs ?? before) < before) removeBatch(batch);
}

/** What an entry is in can't be told then: it might go twice. */
function silent(): SweeplineError {
  return new SweeplineError({
    code: "ENGINE_UNAVAILABLE",
    message: "Slurm does not say which jobs there are: `squeue --json` failed",
    hint: "Try again once its controller answers (`scontrol ping`). The experiments wait in the queue.",
  });
}

/** The command of a task, whose number starts at that of its array's first. */
function taskCommand(batch: Batch, first: number): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? "", "queue", "task", batch.id, String(first)];
}

const script = '#!/bin/sh\nexec "$@"\n';

async function sendBatch({ context, slurm, options, jobs }: Submitting, batch: Batch): Promise<readonly string[]> {
  const { root } = context.project;
  const file = options.template ?? path.join(batch.folder, "run.sh");
  if (options.template === undefined) writeAtomic(file, script);
  // In Slurm's names of files '%' has a meaning: of the folder's path only our own part is told.
  const output = `${path.relative(root, batch.folder)}/out-%a`;
  const ids: string[] = [];
  for (const [at, tasks] of packed(batch.tasks, batch.arraySize).entries()) {
    const throttle = jobs === undefined ? "" : `%${jobs}`;
    const before = ids.at(-1);
    ids.push(
      await slurm.submit([
        "--parsable",
        `--job-name=${jobName(batch.id, at)}`,
        `--array=0-${tasks.length - 1}${throttle}`,
        `--chdir=${root}`,
        `--output=${output}`,
        "--open-mode=append",
        // A throttle is of one array: a second one would double it.
        ...(before === undefined || jobs === undefined ? [] : [`--dependency=afterany:${before}`]),
        ...sbatchWords(options.sbatch),
        file,
        ...taskCommand(batch, at * batch.arraySize),
      ]),
    );
  }
  return ids;
}

/** Where nothing of it was taken, nothing of it is left. */
async function send(submitting: Submitting, batch: Batch): Promise<readonly string[]> {
  try {
    return await sendBatch(submitting, batch);
  } catch (error) {
    const jobs = await submitting.slurm.jobs(jobName(batch.id, 0));
    if (jobs?.length === 0) removeBatch(batch);
    throw error;
  }
}

/**
 * Sends what is queued, of `only` where that is given, and neither runs nor is in a batch that still lives.
 * Errors: ENGINE_UNAVAILABLE, ENGINE_REFUSED; then the entries wait in the queue as before.
 */
export function submitEntries(submitting: Submitting, only: ReadonlySet<number> | undefined): Promise<Submitted> {
  const { context, slurm, options, limits } = submitting;
  return withLock({ file: submitLock(context.state), what: "sending to Slurm" }, async () => {
    const arraySize = await slurm.mostTasks();
    const jobs = await slurm.jobs(jobPrefix);
    if (jobs === undefined) throw silent();
    const batches = listBatches(context.state);
    const running = runningSequences(context);
    const { entries } = await listQueue(context);
    const wanted = entries.filter(
      ({ state, sequence }) => state === "queued" && (only === undefined || only.has(sequence)),
    );
    const sent = new Map(batches.map((batch) => [batch, new Set(coveredBy(batch, jobs))]));
    const isCovered = (sequence: number) =>
      running.has(sequence) || [...sent.values()].some((sequences) => sequences.has(sequence));
    const open = wanted.filter(({ sequence }) => !isCovered(sequence)).map(({ sequence }) => sequence);
    const covered = new Set(wanted.map(({ sequence }) => sequence).filter(isCovered));
    const earlier = batches.filter((batch) => [...(sent.get(batch) ?? [])].some((sequence) => covered.has(sequence)));
    removeOld(batches.filter((batch) => !earlier.includes(batch)));
    if (open.length === 0) return { batch: undefined, jobs: [], earlier, covered };
    const expectedMs = expectedTime(context.state, open.length, 1)?.meanMs;
    const tasks = packed(open, packSize(options.pack, { entries: open.length, expectedMs, jobs: submitting.jobs }));
    const batch = makeBatch(context.state, { tasks, arraySize, limits });
    return { batch, jobs: await send(submitting, batch), earlier, covered };
  });
}
