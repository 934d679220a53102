import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { existsSync } from "../../../base/files.ts";
import { isLockHeld } from "../../../base/locks.ts";
import { logOfFailedPoint } from "../../../ci/failures.ts";
import { listQueue, runningSequences } from "../../../experiments/queue/entries.ts";
import { startedRun, type UnstartedEntry } from "../../../experiments/queue/started-run.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { countBaselines } from "../../../experiments/results/named.ts";
import { findRun, listRuns } from "../../../experiments/runs/records.ts";
import { openProject } from "../../../project/open.ts";
import { followLog } from "../../terminal/follow-log.ts";
import { print, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { type LogOptions, unstartedEntry } from "./log-options.ts";

type OwnRun = ReturnType<typeof findRun>;

type FoundLog =
  | { readonly kind: "run"; readonly run: OwnRun }
  /** The end of the log of a point that failed in a job of a CI system: collecting brings it here. */
  | { readonly kind: "collected"; readonly text: string };

/** The newest run of a name; where there is none, that of an entry in the queue or of a job. */
async function findLog(context: ExperimentsContext, name: string, unstarted: UnstartedEntry): Promise<FoundLog> {
  if (!listRuns(context.state).some((run) => run.name === name)) {
    const entry = (await listQueue(context)).entries.findLast((item) => item.name === name && item.state === "queued");
    if (entry !== undefined) {
      const run = {
        ...(await startedRun(context, entry, unstarted)),
        name,
        sequence: entry.sequence,
        place: "queue",
      } as const;
      return { kind: "run", run };
    }
    const text = await logOfFailedPoint(context.repository, name);
    if (text !== undefined) return { kind: "collected", text };
  }
  return { kind: "run", run: findRun(context.state, name) };
}

function isInWorkspace({ state }: ExperimentsContext, run: OwnRun): boolean {
  return run.place === "workspace" && !existsSync(run.record) && isLockHeld(state.workspaceLock);
}

const examples = `
Examples:
  sweepline exp logs brave-ibex
  sweepline exp logs brave-ibex -f             go on while it runs
`;

/** `sweepline exp logs` */
export const command: CommandFactory = (io, finish) =>
  new Command("logs")
    .description(
      "Print the log of an experiment's newest run: of a queued, temporary, failed or finished one, or of a failed CI job.",
    )
    .argument("<experiment>", "its name")
    .option("-f, --follow", "go on while it runs; wait for one that is queued")
    .addHelpText("after", examples)
    .action(async (name: string, options: LogOptions) => {
      const context = openExperiments(openProject(io.cwd));
      const found = await findLog(context, name, unstartedEntry(io, options));
      if (found.kind === "collected") {
        print(io, found.text.trimEnd());
        return finish(exitCodes.ok);
      }
      const { run } = found;
      if ((await countBaselines(context, name)) > 1)
        warn(io, `several baselines have an experiment '${name}'; this is the log of the newest run of that name`);
      const isRunning = () => runningSequences(context).has(run.sequence) || isInWorkspace(context, run);
      await followLog(io, run.log, () => !options.follow || !isRunning());
      finish(exitCodes.ok);
    });
