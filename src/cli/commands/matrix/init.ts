import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { visible } from "../../../base/text/visible.ts";
import { version } from "../../../base/version.ts";
import { withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { type InitSystem, initSystems } from "../../../ci/init/init.ts";
import { writePipeline } from "../../../ci/init/write.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { compositionSettings } from "../../options/composition.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { packageText } from "./shared.ts";

interface Options {
  readonly for: InitSystem;
  readonly force?: boolean;
  readonly package?: string;
}

async function init(io: Io, overrides: readonly string[], options: Options): Promise<ExitCode> {
  const request = {
    system: options.for,
    overrides,
    folder: io.cwd,
    packageSpec: options.package,
    version,
    existing: options.force ? ("replace" as const) : ("refuse" as const),
  };
  const { missingSweep, storage } = await writePipeline(openExperiments(openProject(io.cwd)), request, {
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
`;

/** `sweepline matrix init` */
export const command: CommandFactory = (io, finish) =>
  new Command("init")
    .description(
      "Write a pipeline that plans the sweep in sweep.txt, runs it as a matrix of jobs and collects the results.",
    )
    .argument("[overrides...]", "written to sweep.txt")
    .addOption(new Option("--for <system>", "the CI system").choices(initSystems).makeOptionMandatory())
    .option("--package <spec>", packageText)
    .option("-f, --force", "replace files that are there")
    .addHelpText("after", examples)
    .action(async (overrides: readonly string[], options: Options) =>
      finish(await withMatrixExitCodes(() => init(io, overrides, options))),
    );
