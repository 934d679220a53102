/** The run of an entry of the queue, by its log: refused, or waited for, while it has not been started. */
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import { pause } from "../../base/pause.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listRuns, type RunFolder, runFolder } from "../runs/records.ts";
import { listQueue, type QueueEntry, runningSequences } from "./entries.ts";

/** What to do about an entry that has not been started: refuse it, or say so and wait. */
export type UnstartedEntry = "refuse" | { readonly waits: (message: string) => void };

const pollMs = 100;
/** Listing the queue starts a git: only now and then. */
const looksAtQueue = 20;

/** The run of an entry. Errors: NOT_STARTED where it waits and that is refused, or where it left the queue unstarted. */
export async function startedRun(
  context: ExperimentsContext,
  { sequence, name }: QueueEntry,
  unstarted: UnstartedEntry,
): Promise<RunFolder> {
  const run = runFolder(context.state, { sequence, name });
  const hasStarted = () => existsSync(run.log) || runningSequences(context).has(sequence);
  if (hasStarted()) return run;
  const waiting = `Experiment '${name}' is in queue but has not been started`;
  if (unstarted === "refuse") throw notStarted(waiting);
  unstarted.waits(`${waiting}: waiting for it.`);
  for (let look = 1; !hasStarted(); look++) {
    await pause(pollMs);
    if (look % looksAtQueue !== 0 || hasStarted()) continue;
    const { entries } = await listQueue(context);
    if (!entries.some((entry) => entry.sequence === sequence))
      throw notStarted(`Experiment '${name}' left the queue without having been started`);
  }
  return run;
}

function notStarted(message: string): SweeplineError {
  return new SweeplineError({
    code: "NOT_STARTED",
    message,
    hint: "`sweepline queue start` runs the queue in the background, `sweepline exp run --run-all` here; with --follow the log is waited for.",
  });
}

export type TaskRun = RunFolder & { readonly sequence: number };

/**
 * The run of a task: of the last entry in the queue by that name, else the newest run that came from the queue. Errors:
 * NOT_A_TASK, those of startedRun.
 */
export async function runOfTask(
  context: ExperimentsContext,
  name: string,
  unstarted: UnstartedEntry,
): Promise<TaskRun> {
  const entry = (await listQueue(context)).entries.findLast((item) => item.name === name);
  if (entry !== undefined) return { ...(await startedRun(context, entry, unstarted)), sequence: entry.sequence };
  const sequence = listRuns(context.state).findLast((run) => run.name === name && run.place === "queue")?.sequence;
  if (sequence === undefined)
    throw new SweeplineError({
      code: "NOT_A_TASK",
      message: `'${name}' is not a valid queued experiment name`,
      hint: "`sweepline queue status` lists them; `sweepline exp logs` shows runs in the workspace too.",
    });
  return { ...runFolder(context.state, { sequence, name }), sequence };
}
