import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { existsSync } from "../../../base/files.ts";
import { isLockHeld } from "../../../base/locks.ts";
import { listQueue, runningSequences } from "../../../experiments/queue/entries.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { countBaselines } from "../../../experiments/results/named.ts";
import { findRun, listRuns } from "../../../experiments/runs/records.ts";
import { openProject } from "../../../project/open.ts";
import { followLog } from "../../terminal/follow-log.ts";
import { warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { type LogCall, type LogOptions, startedRun } from "./started-run.ts";

type AnyRun = ReturnType<typeof findRun>;

/** The newest run of a name; where there is none, that of an entry in the queue. */
async function findAnyRun(call: LogCall, name: string): Promise<AnyRun> {
  const { context } = call;
  if (!listRuns(context.state).some((run) => run.name === name)) {
    const entry = (await listQueue(context)).entries.findLast((item) => item.name === name && item.state === "queued");
    if (entry !== undefined)
      return { ...(await startedRun(call, entry)), name, sequence: entry.sequence, place: "queue" };
  }
  return findRun(context.state, name);
}

function isInWorkspace({ state }: ExperimentsContext, run: AnyRun): boolean {
  return run.place === "workspace" && !existsSync(run.record) && isLockHeld(state.workspaceLock);
}

/** `sweepline exp logs` */
export const command: CommandFactory = (io, finish) =>
  new Command("logs")
    .description("Print the log of an experiment's newest run: of a queued, temporary, failed or finished one.")
    .argument("<experiment>", "its name")
    .option("-f, --follow", "go on while it runs; wait for one that is queued")
    .action(async (name: string, options: LogOptions) => {
      const context = openExperiments(openProject(io.cwd));
      const run = await findAnyRun({ io, context, options }, name);
      if ((await countBaselines(context, name)) > 1)
        warn(io, `several baselines have an experiment '${name}'; this is the log of the newest run of that name`);
      const isRunning = () => runningSequences(context).has(run.sequence) || isInWorkspace(context, run);
      await followLog(io, run.log, () => !options.follow || !isRunning());
      finish(exitCodes.ok);
    });
