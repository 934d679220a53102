import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { readableShellWord } from "../../../base/text/shell-word.ts";
import { visibleText } from "../../../base/text/visible.ts";
import { failureFacts, failureText, type RunFailure } from "../../../experiments/failure.ts";
import { type EnqueueOutcome, enqueue } from "../../../experiments/make/enqueue.ts";
import { type EnqueuePurpose, enqueueRequest } from "../../../experiments/make/enqueue-request.ts";
import { expandOptions } from "../../../experiments/point/composition.ts";
import { warnOfKinds } from "../../../experiments/point/kind-changes.ts";
import type { PointInputs } from "../../../experiments/point/point-inputs.ts";
import { notEmpty } from "../../../experiments/point/read-points.ts";
import { checkCommands } from "../../../experiments/point/shell-check.ts";
import { moveFirst } from "../../../experiments/queue/changes.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { runFolder } from "../../../experiments/runs/records.ts";
import { keptOptions, type RunOptions, runOptionsOf, workspaceOnlyFlags } from "../../../pipeline/run-options.ts";
import { dryRun } from "../../../run/one/dry-run.ts";
import { runInWorkspace } from "../../../run/one/in-workspace.ts";
import { type QueueOutcome, runQueue } from "../../../run/run-queue.ts";
import { type Expansion, expandPoints } from "../../../sweep/expand.ts";
import { collect } from "../../options/arguments.ts";
import { askedConfigs, type CompositionFlags, noHydraText } from "../../options/composition.ts";
import { askedRun, inputsOf, warnOfSubmodules } from "../../options/experiments.ts";
import { addLimitOptions, defaultJobs, jobsOrAuto, type LimitFlags, runLimits } from "../../options/limits.ts";
import { addReproduceOptions, asksStages } from "../../options/reproduce.ts";
import { followWhile } from "../../terminal/follow-log.ts";
import { listenForInterrupt } from "../../terminal/interrupt.ts";
import { type ExitCode, type Io, print, warn } from "../../terminal/io.ts";
import { killGroups, stageEvents } from "../../terminal/stage-events.ts";
import { withTimeLimit } from "../../terminal/time-limit.ts";
import { queuedText } from "../../words/queue-text.ts";
import type { CommandFactory } from "../command.ts";
import { commandText } from "../pipeline/workspace-lock.ts";
import { autoPushed } from "./auto-push.ts";
import { queueExitCode, ranText, terminalWatcher } from "./run-queue.ts";

interface Options extends LimitFlags, CompositionFlags {
  readonly jobs?: number | "auto";
  readonly setParam?: readonly string[];
  readonly queue?: boolean;
  readonly runAll?: boolean;
  readonly temp?: boolean;
  readonly name?: string;
  readonly message?: string;
  readonly copyPaths?: readonly string[];
  readonly first?: boolean;
  readonly json?: boolean;
}

interface Call {
  readonly io: Io;
  readonly context: ExperimentsContext;
  readonly targets: readonly string[];
  readonly options: Options;
  readonly run: RunOptions;
  readonly expansion: Expansion;
  readonly inputs: PointInputs;
  /** Whether a run in the workspace asks before each stage. */
  readonly asks: boolean;
}

function refuse(message: string, hint?: string): SweeplineError {
  return new SweeplineError({
    code: "BAD_OPTIONS",
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}

function checkOptions(targets: readonly string[], options: Options, run: RunOptions): void {
  if (
    options.runAll &&
    (options.setParam !== undefined || options.queue || options.name !== undefined || targets.length > 0)
  )
    throw refuse("--run-all runs what is queued: it takes no overrides, targets, name or --queue");
  if (options.jobs === "auto" && !options.runAll)
    throw refuse("--jobs auto is for --run-all: stages of one experiment run by number");
  const runsOne = !options.queue && !options.runAll;
  if (runsOne && (options.retries !== undefined || options.maxFailures !== undefined))
    throw refuse("--retries and --max-failures are for --run-all (and --retries for --queue)");
  if (options.failFast && !options.runAll)
    throw refuse("--fail-fast is for --run-all: one experiment has nothing to stop");
  if (options.json && !options.runAll && !options.temp)
    throw refuse(
      "--json is for --run-all and --temp: it prints the events of a run in a copy",
      options.queue ? undefined : "`sweepline exp run --temp --json ...` runs it in a copy of the workspace.",
    );
  if (options.first && !options.queue) throw refuse("--first is for --queue: what is not queued has no place in it");
  if (!options.runAll && !options.temp && (options.gpus !== undefined || options.slots !== undefined))
    throw refuse("--gpus and --slots are for --run-all and --temp: they belong to a run, not to what is queued");
  if (options.queue && options.temp) throw refuse("--queue and --temp exclude each other");
  const [first] = workspaceOnlyFlags(run).given;
  if (first !== undefined && (options.queue || options.temp || options.runAll))
    throw refuse(`${first.name} ${first.does}: it can't be used with --queue, --temp or --run-all`, first.hint);
}

function enqueueCall(call: Call, purpose: EnqueuePurpose): Promise<EnqueueOutcome> {
  const { context, inputs, options } = call;
  return enqueue(context, enqueueRequest(purpose, { inputs, name: options.name, run: askedRun(call, call) }));
}

async function queueOnly(call: Call): Promise<ExitCode> {
  const outcome = await enqueueCall(call, { kind: "queue", points: call.expansion.isSweep ? "sweep" : "one" });
  if (call.options.first)
    await moveFirst(
      call.context,
      outcome.queued.map((entry) => entry.sequence),
    );
  call.io.stdout.write(queuedText(outcome, call.expansion.points));
  return exitCodes.ok;
}

async function runTemporary(call: Call): Promise<ExitCode> {
  const { io, context, options } = call;
  const outcome = await enqueueCall(call, { kind: "run" });
  const [entry] = outcome.queued;
  if (entry === undefined) throw new Error("a temporary run was not queued");
  if (!call.options.json) print(io, `Reproducing experiment '${entry.name}'`);
  const only = new Set([entry.sequence]);
  const request = {
    jobs: 1,
    onFailure: "continue" as const,
    only,
    claims: "held" as const,
    limits: runLimits(options),
  };
  const run = options.json
    ? await runQueue(context, request, terminalWatcher(io, "json"))
    : await followWhile(io, runFolder(context.state, entry).log, () =>
        runQueue(context, request, terminalWatcher(io, "none")),
      );
  return reportTemporary(call, run, entry.name);
}

const wholeLog = (name: string) => `The whole log: sweepline exp logs ${name}`;

function runError(failure: RunFailure, name: string): SweeplineError {
  const { code } = failureFacts(failure);
  const facts = { message: failureText(failure), hint: wholeLog(name), exitCode: exitCodes.refused };
  return new SweeplineError({ code, ...facts });
}

function reportTemporary({ io, options }: Call, run: QueueOutcome, name: string): ExitCode {
  if (run.summary.requeued.length > 0)
    io.stderr.write(
      `${run.interrupted ? "Stopped." : "Its worker was lost."} '${name}' was put back into the queue: exp run --run-all runs it.\n`,
    );
  const [failed] = run.summary.failed;
  if (failed !== undefined) {
    const { code, message, hint = wholeLog(failed.experiment.name) } = failed.told;
    const error = new SweeplineError({ code, message, hint, exitCode: exitCodes.refused });
    // The log was printed meanwhile.
    const isSeen = !options.json && io.stdout.isTTY && io.stderr.isTTY && failed.isInLog;
    if (!isSeen) throw error;
    io.stderr.write(`HINT: ${visibleText(hint)}\n`);
    return error.exitCode;
  }
  if (!options.json) io.stdout.write(ranText(run.summary));
  return queueExitCode(run);
}

async function runHere(call: Call): Promise<ExitCode> {
  const { io, context, options, expansion } = call;
  const [point] = expansion.points;
  if (point === undefined) throw new Error("a run without a point");
  if (options.copyPaths !== undefined) warn(io, "--copy-paths has no effect on a run in the workspace");
  const groups = new Set<number>();
  const endAtOnce = () => {
    killGroups(groups);
    return "Ended at once. The parameters of the experiment stay changed in the workspace; nothing was committed.";
  };
  const interrupt = listenForInterrupt(io, { endAtOnce, advice: "print" });
  const limit = withTimeLimit(interrupt.signal, options.timeout);
  try {
    const outcome = await runInWorkspace(context, {
      point,
      folder: call.inputs.folder,
      configs: call.inputs.configs,
      name: options.name,
      message: options.message,
      targets: call.targets,
      flags: keptOptions(call.run),
      taken: call.run.force ? "replace" : "refuse",
      interactive: call.asks,
      named: (name) => print(io, `Reproducing experiment '${name}'`),
      events: stageEvents(io, { groups, messages: "all", clock: limit }),
      signal: limit.signal,
      command: commandText(),
    });
    if (outcome.kind === "cancelled" && limit.isOver())
      throw runError({ kind: "timed-out", limitMs: options.timeout ?? 0 }, outcome.name);
    if (outcome.kind === "cancelled") {
      io.stderr.write(`Stopped. The parameters of '${outcome.name}' stay in the workspace; nothing was committed.\n`);
      return exitCodes.interrupted;
    }
    if (outcome.kind === "failed") throw runError(outcome.failure, outcome.name);
    print(io, `\nRan experiment(s): ${outcome.name}\nExperiment results have been applied to your workspace.`);
    return exitCodes.ok;
  } finally {
    limit.release();
    interrupt.release();
  }
}

async function runAll({ io, context, options }: Pick<Call, "io" | "context" | "options">): Promise<ExitCode> {
  const run = await runQueue(
    context,
    {
      jobs: options.jobs ?? defaultJobs(options),
      onFailure: options.failFast ? "stop" : "continue",
      claims: "take",
      limits: runLimits(options),
    },
    terminalWatcher(io, options.json ? "json" : "text"),
  );
  if (!options.json) io.stdout.write(ranText(run.summary));
  return queueExitCode(run);
}

/** `-S lr = 5`: the shell passes three words, and the last two count as targets. Throws BAD_OPTIONS. */
function refuseBlanks(setParam: readonly string[], targets: readonly string[]): void {
  const [equal = "", value = ""] = targets;
  const key = setParam.find((text) => !text.includes("=") && !text.startsWith("~"));
  if (!equal.startsWith("=") || key === undefined) return;
  const whole = key + equal + (equal === "=" ? value : "");
  throw refuse(`-S '${key}' has no '=', and '${equal}' is no stage`, `Remove the blanks around '=': -S ${whole}`);
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
  { io, context }: Pick<Call, "io" | "context">,
  targets: readonly string[],
  options: Options,
): Promise<ExitCode> {
  // With --run-all, --jobs is the number of experiments; else the stages of one may run at the same time.
  const direct = typeof options.jobs !== "number" || options.runAll ? {} : { jobs: options.jobs };
  const runOptions = runOptionsOf(options, direct);
  checkOptions(targets, options, runOptions);
  refuseBlanks(options.setParam ?? [], targets);
  const shared = { io, context, targets, options, run: runOptions };
  if (options.runAll) return runAll(shared);
  const asks = !runOptions.dry && !options.queue && !options.temp && asksStages(context.project, runOptions);
  const configs = askedConfigs(io, context.project, options);
  const expansion = notEmpty(expandPoints(options.setParam ?? [], expandOptions(configs)));
  if (expansion.isSweep && !options.queue)
    throw new SweeplineError({
      code: "SWEEP_NEEDS_QUEUE",
      message: "Sweep overrides can't be used without `--queue`",
      hint: "`sweepline sweep OVERRIDE...` queues and runs them in one command.",
    });
  const inputs = inputsOf(shared, { points: expansion.points, configs });
  await warnOfKinds(inputs, (message) => warn(io, message));
  const [first] = expansion.points;
  if (runOptions.dry && first !== undefined) {
    const events = stageEvents(io, { groups: new Set(), messages: "all" });
    await dryRun(context, { targets, options: runOptions, point: first, inputs, cwd: io.cwd }, events);
    return exitCodes.ok;
  }
  const runs = options.queue ? "later" : "here";
  if (options.queue || options.temp) await warnOfSubmodules(io, context);
  await checkCommands({ inputs, targets, flags: keptOptions(runOptions), runs }, (message) => warn(io, message));
  const call = { ...shared, inputs, expansion, asks };
  if (options.queue) return queueOnly(call);
  return options.temp ? runTemporary(call) : runHere(call);
}

const examples = `
Examples:
  sweepline exp run -S train.lr=0.1                 run here with another value
  sweepline exp run --queue -n grid -S 'train.lr=0.1,0.01' -S 'seed=range(3)'
  sweepline exp run --run-all -j 4                  run what is queued, four at once
  sweepline exp run --temp -C data.csv              run in a copy, with an untracked file
`;

/** `sweepline exp run` */
export const command: CommandFactory = (io, finish) =>
  addLimitOptions(
    addReproduceOptions(
      new Command("run")
        .description("Run an experiment, or put one or many into the queue.")
        .argument("[targets...]", "stages to reproduce (default: all of dvc.yaml)")
        .option("-S, --set-param <[file:]override>", "override a parameter, in Hydra's language (repeatable)", collect)
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
        .option("--first", "with --queue: before all that is queued"),
    ),
  )
    .option("-j, --jobs <n>", "with --run-all: experiments at once; else: stages at once", jobsOrAuto)
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], options: Options) =>
      finish(await hintOverrides(targets, () => autoPushed(io, (context) => run({ io, context }, targets, options)))),
    );
