import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { createProgress } from "../../../report/progress/progress.ts";
import { type EndOfTask, runTask } from "../../../run/slurm/task.ts";
import { count } from "../../options/arguments.ts";
import { type ExitCode, type Io, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

const exitCodeOf: Readonly<Record<EndOfTask, ExitCode>> = {
  done: exitCodes.ok,
  failed: exitCodes.experimentsFailed,
  stopped: exitCodes.interrupted,
  requeued: exitCodes.interrupted,
};

/** Which task of the array this is, and its name for Slurm. Errors: BAD_OPTIONS outside of a job. */
function placeOf(io: Io, first: number) {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: number } = io.env;
  if (array === undefined || !/^\d{1,9}$/.test(number ?? ""))
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "`queue task` runs in a job of Slurm's, which `--engine slurm` sends",
    });
  return { task: first + Number(number), job: `${array}_${number}` };
}

async function work(io: Io, id: string, first: number): Promise<ExitCode> {
  const context = openExperiments(openProject(io.cwd));
  const progress = createProgress({ ...io, mode: "plain" });
  try {
    const call = { id, ...placeOf(io, first), warn: (message: string) => warn(io, message), show: progress.emit };
    return exitCodeOf[await runTask(context, call)];
  } finally {
    await progress.close();
  }
}

/** `sweepline queue task`: what a job of Slurm runs. */
export const command: CommandFactory = (io, finish) =>
  new Command("task")
    .description(
      "Run the experiments of one task of a cluster's job. Started by Slurm, as `--engine slurm` asks for it.",
    )
    .argument("<batch>", "which experiments were sent together")
    .argument("<first>", "the number of the array's first task", count)
    .action(async (batch: string, first: number) => finish(await work(io, batch, first)));
