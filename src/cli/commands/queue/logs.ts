import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { listQueue, runningSequences } from "../../../experiments/queue/entries.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { listRuns, type RunFolder, runFolder } from "../../../experiments/runs/records.ts";
import { openProject } from "../../../project/open.ts";
import { followLog } from "../../terminal/follow-log.ts";
import { type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { type LogCall, type LogOptions, startedRun } from "../exp/started-run.ts";

type TaskRun = RunFolder & { readonly sequence: number };

async function findQueueRun(call: LogCall, name: string): Promise<TaskRun> {
  const { context } = call;
  const entry = (await listQueue(context)).entries.findLast((item) => item.name === name);
  if (entry !== undefined) return { ...(await startedRun(call, entry)), sequence: entry.sequence };
  const sequence = listRuns(context.state).findLast((run) => run.name === name && run.place === "queue")?.sequence;
  if (sequence === undefined)
    throw new SweeplineError({
      code: "NOT_A_TASK",
      message: `'${name}' is not a valid queued experiment name`,
      hint: "`sweepline queue status` lists them; `sweepline exp logs` shows runs in the workspace too.",
    });
  return { ...runFolder(context.state, { sequence, name }), sequence };
}

async function show(io: Io, name: string, options: LogOptions): Promise<void> {
  const context = openExperiments(openProject(io.cwd));
  const run = await findQueueRun({ io, context, options }, name);
  const { follow } = options;
  if (follow)
    print(
      io,
      `Following logs for experiment '${name}'. Use Ctrl+C to stop following logs (experiment execution will continue).\n`,
    );
  await followLog(io, run.log, () => !follow || !runningSequences(context).has(run.sequence));
  print(io, "");
}

const examples = `
Examples:
  sweepline queue logs brave-ibex
  sweepline queue logs brave-ibex -f           go on while it runs
`;

/** `sweepline queue logs` */
export const command: CommandFactory = (io, finish) =>
  new Command("logs")
    .description("Print the log of a task: of a running, failed or finished one.")
    .argument("<task>", "the experiment's name")
    .option("-f, --follow", "go on while it runs")
    .option("-e, --encoding <encoding>", "accepted for DVC's sake: logs are UTF-8")
    .addHelpText("after", examples)
    .action(async (name: string, options: LogOptions) => {
      await show(io, name, options);
      finish(exitCodes.ok);
    });
