/** The log of an entry of the queue: refused, or with --follow waited for, while it has not been started. */

import { SweeplineError } from "../../../base/errors.ts";
import { existsSync } from "../../../base/files.ts";
import { pause } from "../../../base/pause.ts";
import { listQueue, type QueueEntry, runningSequences } from "../../../experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { type RunFolder, runFolder } from "../../../experiments/runs/records.ts";
import type { Io } from "../../terminal/io.ts";

export interface LogOptions {
  readonly follow?: boolean;
}

export interface LogCall {
  readonly io: Io;
  readonly context: ExperimentsContext;
  readonly options: LogOptions;
}

const pollMs = 100;
/** Listing the queue starts a git: only now and then. */
const looksAtQueue = 20;

/** The run of an entry. Errors: NOT_STARTED where it waits and nobody follows, or where it left the queue unstarted. */
export async function startedRun(call: LogCall, { sequence, name }: QueueEntry): Promise<RunFolder> {
  const { io, context, options } = call;
  const run = runFolder(context.state, { sequence, name });
  const hasStarted = () => existsSync(run.log) || runningSequences(context).has(sequence);
  if (hasStarted()) return run;
  if (!options.follow) throw notStarted(`Experiment '${name}' is in queue but has not been started`);
  io.stderr.write(`Experiment '${name}' is in queue but has not been started: waiting for it.\n`);
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
