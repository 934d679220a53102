import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { quotedList, someOf } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { checkFirstPoint, checkPoints } from "../../../experiments/make/check-points.ts";
import { sweepId } from "../../../experiments/make/enqueue.ts";
import { enqueueRequest } from "../../../experiments/make/enqueue-request.ts";
import { openPointLine } from "../../../experiments/make/point-line.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { headCommit } from "../../../git/repository.ts";
import { runOptionsOf } from "../../../pipeline/run-options.ts";
import { jobsNumber } from "../../../run/local-engine.ts";
import { countTrials, runSearch, type SearchOutcome } from "../../../run/search/search.ts";
import type { EndedTrial } from "../../../run/search/trials.ts";
import type { Goal } from "../../../run/stopping/rules.ts";
import { collect } from "../../options/arguments.ts";
import { type AskedSearch, askedSearch, endless, middleOf } from "../../options/asked-search.ts";
import { type CompositionFlags, noHydraText } from "../../options/composition.ts";
import { addEngineOptions, askedEngine, type EngineFlags } from "../../options/engine.ts";
import { askedRun, inputsOf } from "../../options/experiments.ts";
import { addLimitOptions, defaultJobs, jobsOrAuto, type LimitFlags, runLimits } from "../../options/limits.ts";
import { addReproduceOptions, refuseWorkspaceRuns } from "../../options/reproduce.ts";
import { addSearchOptions, askedProposer, type SearchFlags } from "../../options/search.ts";
import { addStoppingOptions, earlyStops, type StoppingFlags } from "../../options/stopping.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import { trialsText } from "../../words/plural.ts";
import { printSweepTable } from "../../words/sweep-table.ts";
import type { CommandFactory } from "../command.ts";
import { autoPushed } from "../exp/auto-push.ts";
import { queueExitCode, terminalWatcher } from "../exp/run-queue.ts";

interface Options extends EngineFlags, LimitFlags, CompositionFlags, SearchFlags, StoppingFlags {
  readonly jobs?: number | "auto";
  readonly name?: string;
  readonly message?: string;
  readonly target?: readonly string[];
  readonly copyPaths?: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface Call {
  readonly io: Io;
  readonly context: ExperimentsContext;
  readonly options: Options;
}

interface Asked extends AskedSearch<Options> {
  readonly id: string;
  readonly baseline: Awaited<ReturnType<typeof headCommit>>;
}

async function asked({ io, context, options }: Call, overrides: readonly string[]): Promise<Asked> {
  const found = await askedSearch(io, context.project, { typed: options, overrides });
  if (found.flags.trials === undefined && found.flags.time === undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "a search needs an end: --trials or --time",
      hint: "Such as --trials 50, --time 2h, or both.",
    });
  const baseline = await headCommit(context.repository);
  return { ...found, id: sweepId(baseline, found.words, options.target ?? []), baseline };
}

async function search(typed: Call, overrides: readonly string[]): Promise<ExitCode> {
  const { io, context } = typed;
  const run = runOptionsOf(typed.options);
  const engine = await askedEngine(context, typed.options);
  refuseWorkspaceRuns(run, "search");
  const plan = await asked(typed, overrides);
  const { flags: options, configs } = plan;
  const call = { io, context, options };
  const targets = options.target ?? [];
  const points = [{ index: 0, overrides: middleOf(plan.space) }];
  const probe = enqueueRequest(
    { kind: "sweep", failed: "report" },
    {
      inputs: inputsOf(call, { points, configs }),
      name: options.name,
      sweep: plan.id,
      pointsAre: "trials",
      run: askedRun(call, { targets, run, options }),
    },
  );
  await checkPoints(context, { ...probe, runs: "later", place: "copies" }, (message) => warn(io, message));
  await checkFirstPoint(probe.inputs);
  if (options.dryRun) return preview(call, plan);
  const jobs = options.jobs ?? defaultJobs(options);
  const early = await earlyStops(context, options, { sweep: plan.id, goal: plan.goals[0] });
  const proposer = await askedProposer(plan.space, {
    ...plan,
    flags: options,
    jobs: jobsNumber(jobs),
    env: io.env,
  });
  const outcome = await runSearch(
    context,
    {
      ...plan,
      sweep: plan.id,
      proposer,
      total: options.trials,
      untilMs: options.time === undefined ? undefined : Date.now() + options.time,
      openLine: () => openPointLine(context, probe),
    },
    {
      request: { engine, jobs, onFailure: "continue", limits: runLimits(options), ...early },
      watcher: terminalWatcher(io, options.json ? "json" : "text"),
    },
  );
  await tell(call, plan, outcome);
  return queueExitCode(outcome.ran);
}

/** An adaptive search can't be listed: what comes next depends on results. */
async function preview({ io, context, options }: Call, { id, baseline, space, trials }: Asked): Promise<ExitCode> {
  const { finished, failed, open } = await countTrials(context, id, baseline);
  const left = Math.max(0, Math.min(trials, space.size) - finished - failed - open);
  const facts = { sweep: id, finished, failed, queued: open, left, complete: false };
  if (options.json) printJson(io, JSON.stringify(facts));
  else {
    const many =
      trials === endless ? "as many trials as the time allows" : `${left} more ${left === 1 ? "trial" : "trials"}`;
    print(io, `Search ${id}: ${finished} finished, ${failed} failed, ${open} queued, ${many}.`);
    print(io, `Keys: ${visible(space.axes.map(({ name }) => name).join(", "))}.`);
    print(io, "This preview is incomplete: which points are tried is decided as results come in.");
  }
  return exitCodes.ok;
}

function valuesText(goals: readonly Goal[], { values }: EndedTrial): string {
  return goals.map(({ metric }, at) => `${metric}=${values?.[at]}`).join(" ");
}

/** Who was ended as hopeless, and when. */
function tellStopped(io: Io, ended: readonly EndedTrial[]): void {
  const stopped = ended.flatMap(({ name, stopped: how }) =>
    how === undefined ? [] : [`${name} after step ${how.step}`],
  );
  if (stopped.length > 0) print(io, visible(`${stopped.length} stopped early: ${someOf(stopped, 5)}.`));
}

/** A metric that no trial has is likely to have another name. */
function tellLacking(io: Io, ended: readonly EndedTrial[]): void {
  const [first = []] = ended.map(({ lacks }) => lacks).filter(({ length }) => length > 0);
  if (first.length > 0)
    print(io, visible(`They have no metric ${quotedList(first)}: the table has those that are there.`));
}

async function tell({ io, context, options }: Call, plan: Asked, outcome: SearchOutcome): Promise<void> {
  const { ran, ended, best } = outcome;
  if (options.json) {
    const front = best.map(({ name, number, values }) => ({ name, trial: number + 1, values }));
    printJson(io, JSON.stringify({ type: "search", sweep: plan.id, trials: ended.length, best: front }));
    return;
  }
  const [goal] = plan.goals;
  const trials = new Map(ended.map(({ name, number }) => [name, number + 1]));
  const names = new Set(trials.keys());
  const sort = { sortBy: goal?.metric ?? "", sortOrder: goal?.direction === "minimize" ? "asc" : "desc" } as const;
  if (names.size > 0) await printSweepTable(io, context, { names, trials, baseline: plan.baseline, ...sort });
  tellStopped(io, ended);
  const [first] = best;
  const many = trialsText(ended.length);
  if (first === undefined) {
    print(io, `Search ${plan.id}: ${many}, none of them with a result that counts.`);
    tellLacking(io, ended);
  } else if (plan.goals.length === 1)
    print(
      io,
      `Search ${plan.id}: ${many}. The best: ${visible(first.name)} (trial ${first.number + 1}), ${visible(valuesText(plan.goals, first))}.`,
    );
  else {
    print(io, `Search ${plan.id}: ${many}. No other one is better in all metrics than each of these:`);
    for (const trial of best) print(io, `  ${visible(trial.name)}: ${visible(valuesText(plan.goals, trial))}`);
  }
  if (ran.interrupted) print(io, "Nothing is lost: the same command goes on.");
}

const examples = `
Examples:
  sweepline search 'lr=tag(log,interval(1e-4,1e-1))' 'units=range(16,257)' --metric loss --trials 50
  sweepline search 'lr=interval(0,1)' opt=sgd,adam --metric metrics.json:acc --sampler optuna:tpe --trials 100 -j 4
  sweepline search 'lr=interval(0,1)' --metric loss --time 2h --try lr=0.1 --seed 3
  sweepline search 'units=range(8,129,8)' --metric acc --metric latency --trials 40   what is best in both
  sweepline search 'units=range(8,129,8)' --metric acc --constraint 'latency < 100' --trials 40

The same line again goes on with what is missing; with more --trials it adds to them. Values of the overrides are those of
'sweep'; interval(a,b), int(interval(a,b)) and tag(log,interval(a,b)) have all values between. optuna:tpe, optuna:cmaes and
optuna:gp need Optuna in Python (SWEEPLINE_PYTHON names it; else python3).
`;

/** `sweepline search` */
export const command: CommandFactory = (io, finish) =>
  addStoppingOptions(
    addSearchOptions(
      addEngineOptions(
        addLimitOptions(
          addReproduceOptions(
            new Command("search")
              .description("Search for the best values: each point is chosen by what came of those before.")
              .argument("[overrides...]", "[file:]key=value: interval(0,1)  range(1,9)  a,b,c  5")
              .option(
                "-j, --jobs <n>",
                "experiments at once (default: 1, or one a GPU); auto: by cores and memory",
                jobsOrAuto,
              )
              .option("-n, --name <name>", "names the experiments NAME-1, NAME-2...")
              .option("-m, --message <text>", "commit message of the experiments")
              .option("-t, --target <target>", "stage to reproduce (repeatable; default: all of dvc.yaml)", collect)
              .option("-C, --copy-paths <path>", "untracked file or folder that the runs need (repeatable)", collect)
              .option("--no-hydra", noHydraText)
              .option("--dry-run", "say how many trials there are and would be; run nothing")
              .option("--json", "events as JSON lines, the best at the end, no table"),
          ),
        ),
      ),
    ),
  )
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options) =>
      finish(await autoPushed(io, (context) => search({ io, context, options }, overrides))),
    );
