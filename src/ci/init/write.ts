/** Writes the pipeline of a CI system, and the overrides of its sweep, into the clone. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, makeFolder, readIfExists, writeAtomic } from "../../base/files.ts";
import { type CompositionSettings, configsOf, expandOptions } from "../../experiments/point/composition.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { tryGit } from "../../git/run.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import type { ExpandOptions } from "../../sweep/expand.ts";
import { withOverrideFiles } from "../../sweep/overrides-file.ts";
import type { Point } from "../../sweep/types.ts";
import { projectFolder, usableStorage } from "../clone.ts";
import { defaultPackage } from "../package-spec.ts";
import { plainRun } from "../plan.ts";
import { tryPoints } from "../try-points.ts";
import { type InitSystem, pipelineFiles, sweepText } from "./init.ts";
import { inProject } from "./types.ts";

/** What `matrix plan` makes of the overrides. */
export interface PlannedOverrides {
  /** Its options; none for all combinations. */
  readonly words: readonly string[];
  /** The points, or some that stand for them. Errors: those of the overrides. */
  pointsOf(overrides: readonly string[], options: ExpandOptions): Promise<readonly Point[]>;
}

export interface PipelineRequest {
  readonly system: InitSystem;
  /** `[file:]override`, or `@file`. */
  readonly overrides: readonly string[];
  readonly plan: PlannedOverrides;
  /** The working folder. */
  readonly folder: string;
  /** What jobs install, as npm names it; undefined: this version. */
  readonly packageSpec: string | undefined;
  /** Of sweepline. */
  readonly version: string;
  /** Files that are there and say something else. */
  readonly existing: "refuse" | "replace";
}

export interface PipelineEvents extends CompositionSettings {
  wrote(name: string): void;
}

export interface WrittenPipeline {
  /** The file of overrides, from the top of the clone, where somebody still has to write it. */
  readonly missingSweep: string | undefined;
  /** Tells of the storage remote that all jobs need; warns of one that they would refuse. */
  storage(): StorageRemote | undefined;
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
async function readOverrides(
  context: ExperimentsContext,
  request: PipelineRequest,
  settings: CompositionSettings,
): Promise<readonly string[]> {
  const overrides = withOverrideFiles(request.overrides, request.folder);
  checkOverrides(overrides);
  if (overrides.length === 0) return overrides;
  const configs = await configsOf(context.project, settings);
  const points = await request.plan.pointsOf(overrides, expandOptions(configs));
  const sweep = { sweep: undefined, run: plainRun };
  await tryPoints(context, { sweep, planned: { points, configs } }, settings.warn);
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

/** Throws FILE_MISSING, FILE_EXISTS, BAD_OPTIONS, and what a plan of the overrides would throw. */
export async function writePipeline(
  context: ExperimentsContext,
  request: PipelineRequest,
  events: PipelineEvents,
): Promise<WrittenPipeline> {
  checkPackageFile(context.project.root, request.packageSpec);
  const overrides = await readOverrides(context, request, events);
  const root = context.repository.workTree;
  const packageSpec = request.packageSpec ?? defaultPackage(request.version);
  const place = {
    folder: projectFolder(request.folder),
    packageSpec,
    branch: await defaultBranch(root),
    planWords: request.plan.words,
  };
  const files = new Map(Object.entries(pipelineFiles(request.system, place)));
  const sweepFile = inProject(place, "sweep.txt");
  const hasSweep = existsSync(path.join(root, sweepFile));
  if (overrides.length > 0 || !hasSweep)
    files.set(sweepFile, sweepText(overrides, request.plan.words.length === 0 ? "all combinations" : "others"));
  if (request.existing === "refuse") refuseChanged(root, files);
  for (const [name, text] of files) {
    const file = path.join(root, name);
    makeFolder(path.dirname(file));
    writeAtomic(file, text);
    events.wrote(name);
  }
  return {
    missingSweep: overrides.length === 0 && !hasSweep ? sweepFile : undefined,
    storage: () => usableStorage(context.project, events.warn),
  };
}
