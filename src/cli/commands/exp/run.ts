import { Command } from "commander";
import { SweeplineError } from "../../../base/errors.ts";
import { readableShellWord } from "../../../base/text/shell-word.ts";
import { checkPoints } from "../../../experiments/make/check-points.ts";
import { expandOptions } from "../../../experiments/point/composition.ts";
import { warnOfKinds } from "../../../experiments/point/kind-changes.ts";
import { notEmpty } from "../../../experiments/point/read-points.ts";
import { keptOptions, type RunOptions, runOptionsOf, workspaceOnlyFlags } from "../../../pipeline/run-options.ts";
import { expandOverrides } from "../../../sweep/shape.ts";
import { collect } from "../../options/arguments.ts";
import { askedConfigs, noHydraText } from "../../options/composition.ts";
import { addEngineOptions } from "../../options/engine.ts";
import { inputsFrom, inputsOf } from "../../options/experiments.ts";
import { addLimitOptions, jobsOrAuto } from "../../options/limits.ts";
import { addReproduceOptions, asksStages } from "../../options/reproduce.ts";
import { addShapeOptions, askedShape, type ShapeFlags } from "../../options/sweep-shape.ts";
import { type ExitCode, warn } from "../../terminal/io.ts";
import { optionsRefused } from "../../words/refuse.ts";
import type { CommandFactory } from "../command.ts";
import { autoPushed } from "./auto-push.ts";
import type { RunCall, RunCommandOptions } from "./run-call.ts";

const shapeFlags: readonly (keyof ShapeFlags)[] = ["zip", "and", "sample", "repeat", "where", "when"];

function checkOptions(targets: readonly string[], options: RunCommandOptions, run: RunOptions): void {
  if (
    options.runAll &&
    (options.setParam !== undefined || options.queue || options.name !== undefined || targets.length > 0)
  )
    throw optionsRefused("--run-all runs what is queued: it takes no overrides, targets, name or --queue");
  if (options.runAll && shapeFlags.some((flag) => options[flag] !== undefined))
    throw optionsRefused(
      "--run-all runs what is queued: --zip, --and, --sample, --repeat, --where and --when are for what makes new entries",
    );
  if (options.jobs === "auto" && !options.runAll)
    throw optionsRefused("--jobs auto is for --run-all: stages of one experiment run by number");
  const runsOne = !options.queue && !options.runAll;
  if (runsOne && (options.retries !== undefined || options.maxFailures !== undefined))
    throw optionsRefused("--retries and --max-failures are for --run-all (and --retries for --queue)");
  const ofEngine = [options.engine, options.slurm, options.slurmTemplate, options.pack, options.detach];
  if (!options.runAll && ofEngine.some((value) => value !== undefined))
    throw optionsRefused(
      "--engine and its options are for --run-all: a single run is on this machine, and an entry runs where it is started",
    );
  if (options.failFast && !options.runAll)
    throw optionsRefused("--fail-fast is for --run-all: one experiment has nothing to stop");
  if (options.json && !options.runAll && !options.temp)
    throw optionsRefused(
      "--json is for --run-all and --temp: it prints the events of a run in a copy",
      options.queue ? undefined : "`sweepline exp run --temp --json ...` runs it in a copy of the workspace.",
    );
  if (options.first && !options.queue)
    throw optionsRefused("--first is for --queue: what is not queued has no place in it");
  if (!options.runAll && !options.temp && (options.gpus !== undefined || options.slots !== undefined))
    throw optionsRefused(
      "--gpus and --slots are for --run-all and --temp: they belong to a run, not to what is queued",
    );
  if (options.rev !== undefined && !options.queue && !options.temp)
    throw optionsRefused(
      "--rev can only be used in conjunction with --queue or --temp.",
      `Here: \`sweepline exp apply ${options.rev}\`, then \`sweepline exp run\`.`,
    );
  if (options.rev !== undefined && options.reset)
    throw optionsRefused("--rev goes on from a checkpoint, --reset from none");
  if (options.queue && options.temp) throw optionsRefused("--queue and --temp exclude each other");
  if (run.keepUntracked && !options.queue && !options.temp)
    throw optionsRefused(
      "--keep-untracked is for --temp and --queue: what is queued has its own, and in the workspace the files just stay",
      "`sweepline exp save -I FILE` takes files of the workspace along.",
    );
  const [first] = workspaceOnlyFlags(run).given;
  if (first !== undefined && (options.queue || options.temp || options.runAll))
    throw optionsRefused(`${first.name} ${first.does}: it can't be used with --queue, --temp or --run-all`, first.hint);
}

/** `-S lr = 5`: the shell passes three words, and the last two count as targets. Throws BAD_OPTIONS. */
function refuseBlanks(setParam: readonly string[], targets: readonly string[]): void {
  const [equal = "", value = ""] = targets;
  const key = setParam.find((text) => !text.includes("=") && !text.startsWith("~"));
  if (!equal.startsWith("=") || key === undefined) return;
  const whole = key + equal + (equal === "=" ? value : "");
  throw optionsRefused(
    `-S '${key}' has no '=', and '${equal}' is no stage`,
    `Remove the blanks around '=': -S ${whole}`,
  );
}

/** `exp run lr=0.1`, as `sweep` takes overrides: here they are taken for stages. */
async function hintOverrides<T>(targets: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const overrides = targets.filter((target) => target.includes("="));
    if (!(error instanceof SweeplineError) || error.code !== "STAGE_NOT_FOUND" || overrides.length === 0) throw error;
    const words = overrides.map((override) => `-S ${readableShellWord(override)}`).join(" ");
    const hint = `An override stands behind -S: sweepline exp run ${words}`;
    throw new SweeplineError({ ...error.toFacts(), hint, cause: error });
  }
}

async function run(
  { io, context, command }: Pick<RunCall, "io" | "context"> & { readonly command: Command },
  targets: readonly string[],
  options: RunCommandOptions,
): Promise<ExitCode> {
  // With --run-all, --jobs is the number of experiments; else the stages of one may run at the same time.
  const direct = typeof options.jobs !== "number" || options.runAll ? {} : { jobs: options.jobs };
  const runOptions = runOptionsOf(options, direct);
  checkOptions(targets, options, runOptions);
  refuseBlanks(options.setParam ?? [], targets);
  const shared = { io, context, targets, options, run: runOptions };
  if (options.runAll) return (await import("./run-copies.ts")).runAll(shared);
  const asks = !runOptions.dry && !options.queue && !options.temp && asksStages(context.project, runOptions);
  const configs = await askedConfigs(io, context.project, options);
  const shape = askedShape(options, command);
  const expansion = notEmpty(await expandOverrides(options.setParam ?? [], shape, expandOptions(configs)));
  if (expansion.isSweep && !options.queue)
    throw new SweeplineError({
      code: "SWEEP_NEEDS_QUEUE",
      message: "Sweep overrides can't be used without `--queue`",
      hint: "`sweepline sweep OVERRIDE...` queues and runs them in one command.",
    });
  const points = { points: expansion.points, configs };
  const { inputs, ...from } =
    options.rev === undefined ? { inputs: inputsOf(shared, points) } : await inputsFrom(shared, points, options.rev);
  const call = { ...shared, inputs, ...from, expansion, asks };
  const tell = (message: string) => warn(io, message);
  if (runOptions.dry) {
    await warnOfKinds(inputs, tell);
    return (await import("./run-here.ts")).dryRunHere(call);
  }
  const runs = options.queue ? "later" : "here";
  const place = options.queue || options.temp ? "copies" : "workspace";
  await checkPoints(context, { inputs, targets, flags: keptOptions(runOptions), runs, place }, tell);
  // Each way of running loads its own code only.
  if (options.queue) return (await import("./run-queued.ts")).queueOnly(call);
  if (options.temp) return (await import("./run-copies.ts")).runTemporary(call);
  return (await import("./run-here.ts")).runHere(call);
}

const examples = `
Examples:
  sweepline exp run -S train.lr=0.1                 run here with another value
  sweepline exp run --queue -n grid -S 'train.lr=0.1,0.01' -S 'seed=range(3)'
  sweepline exp run --queue -S lr=0.1,0.01 -S units=64,128 --zip lr,units
  sweepline exp run --run-all -j 4                  run what is queued, four at once
  sweepline exp run --temp -C data.csv              run in a copy, with an untracked file
`;

/** `sweepline exp run` */
export const command: CommandFactory = (io, finish) =>
  addShapeOptions(
    addEngineOptions(
      addLimitOptions(
        addReproduceOptions(
          new Command("run")
            .description("Run an experiment, or put one or many into the queue.")
            .argument("[targets...]", "stages to reproduce (default: all of dvc.yaml)")
            .option(
              "-S, --set-param <[file:]override>",
              "override a parameter, in Hydra's language (repeatable)",
              collect,
            )
            .option("-n, --name <name>", "name of the experiment; numbered in a sweep")
            .option("-m, --message <text>", "commit message")
            .option("--no-hydra", noHydraText)
            .option("--queue", "put it into the queue instead of running it")
            .option("--run-all", "run all that is queued")
            .option("--temp", "run in a copy of the workspace")
            .option(
              "-C, --copy-paths <path>",
              "with --queue or --temp: untracked file or folder that the run needs (repeatable)",
              collect,
            )
            .option("--fail-fast", "with --run-all: stop at the first failure")
            .option("--json", "with --run-all or --temp: events as JSON lines")
            .option(
              "--reset",
              "start stages with checkpoints over, instead of going on from the last one; what is queued does",
            )
            .option("--rev <checkpoint>", "with --queue or --temp: go on from this checkpoint of an experiment")
            .option("--first", "with --queue: before all that is queued"),
        ),
      ),
      "offered",
    ),
  )
    .option("-j, --jobs <n>", "with --run-all: experiments at once; else: stages at once", jobsOrAuto)
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], options: RunCommandOptions, command: Command) =>
      finish(
        await hintOverrides(targets, () =>
          autoPushed(io, (context) => run({ io, context, command }, targets, options)),
        ),
      ),
    );
