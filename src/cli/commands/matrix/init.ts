import path from "node:path";
import { Command, Option } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { existsSync, makeFolder, readIfExists, writeAtomic } from "../../../base/files.ts";
import { version } from "../../../base/version.ts";
import { visible } from "../../../base/visible.ts";
import { withMatrixExitCodes } from "../../../ci/exit-codes.ts";
import { type InitSystem, initSystems, pipelineFiles, sweepText } from "../../../ci/init/init.ts";
import { inProject } from "../../../ci/init/types.ts";
import { defaultPackage } from "../../../ci/package-spec.ts";
import { plainRun } from "../../../ci/plan.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { tryGit } from "../../../git/run.ts";
import { openProject } from "../../../project/open.ts";
import { expandPoints } from "../../../sweep/expand.ts";
import { configsOf, expandOptions } from "../../options/composition.ts";
import { withOverrideFiles } from "../../options/override-files.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { notEmpty } from "../exp/points.ts";
import { packageText, projectFolder, tryPoints, usableStorage } from "./shared.ts";

interface Options {
  readonly for: InitSystem;
  readonly force?: boolean;
  readonly package?: string;
}

function refuseChanged(root: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    const before = readIfExists(path.join(root, name))?.toString();
    if (before !== undefined && before !== text)
      throw new SweeplineError({
        code: "FILE_EXISTS",
        message: `'${name}' exists already, and is something else`,
        hint: "--force replaces it.",
      });
  }
}

/** The overrides as lines: those of files are written out. Throws for what `plan @sweep.txt` would refuse. */
async function readOverrides(io: Io, args: readonly string[], context: ExperimentsContext): Promise<readonly string[]> {
  const overrides = withOverrideFiles(args);
  checkOverrides(overrides);
  if (overrides.length === 0) return overrides;
  const configs = configsOf(io, context.project, {});
  const expansion = expandPoints(overrides, expandOptions(configs));
  notEmpty(expansion);
  await tryPoints({ io, context }, { sweep: undefined, run: plainRun }, { points: expansion.points, configs });
  return overrides;
}

/** One override a line: an override with a line break in it can't be written so. */
function checkOverrides(overrides: readonly string[]): void {
  const bad = overrides.find((text) => /[\r\n]/.test(text) || text.startsWith("#"));
  if (bad !== undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "an override for a file is one line that starts without #",
    });
}

/** As the clone's origin has it, else the branch that we are on. */
async function defaultBranch(root: string): Promise<string> {
  const ask = async (ref: string) => {
    const outcome = await tryGit(["symbolic-ref", "--quiet", "--short", ref], { cwd: root });
    return outcome.exitCode === 0 ? outcome.stdout.toString().trim() : undefined;
  };
  const ofOrigin = (await ask("refs/remotes/origin/HEAD"))?.replace(/^origin\//, "");
  return ofOrigin ?? (await ask("HEAD")) ?? "main";
}

/** A path is relative to the project, where jobs look for it. Throws FILE_MISSING. */
function checkPackageFile(root: string, spec: string | undefined): void {
  if (spec === undefined || !/^\.\.?\//.test(spec) || existsSync(path.resolve(root, spec))) return;
  throw new SweeplineError({
    code: "FILE_MISSING",
    message: `'${spec}', the package for the jobs, is not in the project`,
  });
}

async function init(io: Io, args: readonly string[], options: Options): Promise<ExitCode> {
  const context = openExperiments(openProject(io.cwd));
  checkPackageFile(context.project.root, options.package);
  const overrides = await readOverrides(io, args, context);
  const root = context.repository.workTree;
  const packageSpec = options.package ?? defaultPackage(version);
  const place = { folder: projectFolder(io.cwd), packageSpec, branch: await defaultBranch(root) };
  const files = new Map(Object.entries(pipelineFiles(options.for, place)));
  const sweepFile = inProject(place, "sweep.txt");
  const hasSweep = existsSync(path.join(root, sweepFile));
  if (overrides.length > 0 || !hasSweep) files.set(sweepFile, sweepText(overrides));
  if (!options.force) refuseChanged(root, files);
  for (const [name, text] of files) {
    const file = path.join(root, name);
    makeFolder(path.dirname(file));
    writeAtomic(file, text);
    print(io, `Wrote ${name}`);
  }
  if (overrides.length === 0 && !hasSweep) print(io, `Put the overrides of the sweep into ${sweepFile}, one a line.`);
  print(io, "Commit the files: the jobs work on a clone.");
  const storage = usableStorage(io, context.project);
  if (storage !== undefined)
    print(io, `The storage remote '${storage.name}' has to be there in all jobs: ${visible(storage.place)}`);
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
