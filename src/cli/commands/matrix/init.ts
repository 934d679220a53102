import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { visible } from "../../../base/text/visible.ts";
import { version } from "../../../base/version.ts";
import { withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { type InitSystem, initSystems } from "../../../ci/init/init.ts";
import { type PlannedOverrides, writePipeline } from "../../../ci/init/write.ts";
import { notEmpty } from "../../../experiments/point/read-points.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import type { Project } from "../../../project/project.ts";
import { expandOverrides, shapeWords } from "../../../sweep/shape.ts";
import { positive } from "../../options/arguments.ts";
import { askedSearch, middleOf } from "../../options/asked-search.ts";
import { compositionSettings } from "../../options/composition.ts";
import { addTrialOptions, searchSamplers } from "../../options/search.ts";
import { addShapeOptions, type ShapeFlags } from "../../options/sweep-shape.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { askedListShape, type RoundFlags, refuseLists, roundWords } from "./round.ts";
import { packageText } from "./shared.ts";

interface Options extends RoundFlags, Omit<ShapeFlags, "sampler" | "seed"> {
  readonly for: InitSystem;
  readonly force?: boolean;
  readonly package?: string;
}

interface Call {
  readonly io: Io;
  readonly options: Options;
  readonly command: Command;
}

/** As `matrix plan` reads its options. */
async function asked({ io, options, command }: Call, project: Project): Promise<PlannedOverrides> {
  if (options.round !== undefined) {
    refuseLists(options);
    const pointsOf = async (overrides: readonly string[]) => {
      const { space } = await askedSearch(io, project, { typed: options, overrides });
      return [{ index: 0, overrides: middleOf(space) }];
    };
    return { words: roundWords(options), pointsOf };
  }
  const shape = askedListShape(options, command);
  return {
    words: shapeWords(shape),
    pointsOf: async (overrides, expand) => notEmpty(await expandOverrides(overrides, shape, expand)).points,
  };
}

async function init(call: Call, overrides: readonly string[]): Promise<ExitCode> {
  const { io, options } = call;
  const context = openExperiments(openProject(io.cwd));
  const request = {
    system: options.for,
    overrides,
    plan: await asked(call, context.project),
    folder: io.cwd,
    packageSpec: options.package,
    version,
    existing: options.force ? ("replace" as const) : ("refuse" as const),
  };
  const { missingSweep, storage } = await writePipeline(context, request, {
    ...compositionSettings(io),
    wrote: (name) => print(io, `Wrote ${name}`),
  });
  if (missingSweep !== undefined) print(io, `Put the overrides of the sweep into ${missingSweep}, one a line.`);
  print(io, "Commit the files: the jobs work on a clone.");
  const remote = storage();
  if (remote !== undefined)
    print(io, `The storage remote '${remote.name}' has to be there in all jobs: ${visible(remote.place)}`);
  return exitCodes.ok;
}

const examples = `
Examples:
  sweepline matrix init --for github 'train.lr=0.1,0.01' 'seed=range(5)'
  sweepline matrix init --for gitlab                 with the sweep.txt that is there
  sweepline matrix init --for github 'lr=interval(0,1)' --sample 20 --sampler sobol
  sweepline matrix init --for github 'lr=interval(0,1)' --metric m.json:loss --trials 60 --round 8   a round a run
`;

/** `sweepline matrix init` */
export const command: CommandFactory = (io, finish) =>
  addShapeOptions(
    addTrialOptions(
      new Command("init")
        .description(
          "Write a pipeline that plans the sweep in sweep.txt, runs it as a matrix of jobs and collects the results.",
        )
        .argument("[overrides...]", "written to sweep.txt")
        .addOption(new Option("--for <system>", "the CI system").choices(initSystems).makeOptionMandatory())
        .option("--package <spec>", packageText)
        .option("--round <k>", "each run of the pipeline is a round of a search, of k points", positive)
        .option("--git-remote <name>", "with --round: where results are (default: exp.git_remote, else origin)")
        .option("-f, --force", "replace files that are there"),
    ),
    searchSamplers,
  )
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options, command: Command) =>
      finish(await withMatrixExitCodes(() => init({ io, options, command }, overrides))),
    );
