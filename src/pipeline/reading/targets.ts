/** From the words of the command line to stages: what `train`, `sub/dvc.yaml:train`, `build@cnn`, `raw.csv.dvc` name. */

import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, statSync } from "../../base/files.ts";
import { insideFolder, posixPath, relativePosix } from "../../base/paths.ts";
import { globMatcher } from "../../base/text/glob-match.ts";
import { nearest } from "../../base/text/nearest.ts";
import { outputHolding } from "../graph/graph.ts";
import { reachable } from "../graph/plan.ts";
import { isPipelineFile } from "../paths.ts";
import type { Stage, StageAddress } from "../types.ts";
import type { ProjectStages } from "./project-stages.ts";

export interface TargetRequest {
  readonly targets: readonly string[];
  /** Absolute: what the targets are relative to. */
  readonly folder: string;
  readonly recursive: boolean;
  /** Whether the stage part of a target is a pattern. */
  readonly names: "exact" | "glob";
}

/** A stage that targets name, and the paths of or inside its outputs where all of them were paths. */
export interface ChosenStage {
  readonly stage: Stage;
  /** Absolute. */
  readonly outputPaths?: readonly string[];
}

/** What was chosen of an output: all of it, or absolute paths inside it. */
export type OutputPart = "whole" | readonly string[];

/** The part of an output (absolute) that was chosen; undefined where nothing of it was. */
export function chosenPart({ outputPaths }: ChosenStage, output: string): OutputPart | undefined {
  if (outputPaths === undefined || outputPaths.includes(output)) return "whole";
  const inside = outputPaths.filter((each) => insideFolder(output, each) !== undefined);
  return inside.length === 0 ? undefined : inside;
}

interface ParsedTarget {
  readonly file: string;
  readonly name: string | undefined;
}

/** Splits at the last ":" before the first "@": generated names may hold any character (dvc/utils: parse_target). */
function parseTarget(target: string): ParsedTarget {
  const at = target.indexOf("@");
  const group = at < 0 ? target : target.slice(0, at);
  const colon = group.lastIndexOf(":");
  if (colon >= 0 && !/[\\/]/.test(group.slice(colon + 1))) {
    const name = target.slice(colon + 1);
    return { file: group.slice(0, colon) || "dvc.yaml", name: name === "" ? undefined : name };
  }
  if (at < 0 && (isPipelineFile(target) || path.basename(target) === "dvc.lock"))
    return { file: target, name: undefined };
  return { file: "dvc.yaml", name: target };
}

function parseGlobTarget(target: string): ParsedTarget {
  const colon = target.lastIndexOf(":");
  if (colon < 0) return isPipelineFile(target) ? { file: target, name: undefined } : { file: "dvc.yaml", name: target };
  return { file: target.slice(0, colon) || "dvc.yaml", name: target.slice(colon + 1) || undefined };
}

function unknownStage(name: string, file: string, known: readonly string[]): SweeplineError {
  const near = nearest(name, known).slice(0, 3);
  return new SweeplineError({
    code: "STAGE_NOT_FOUND",
    message: `Stage '${name}' not found inside '${file}' file`,
    ...(near.length > 0 ? { hint: `Did you mean ${near.map((other) => `'${other}'`).join(" or ")}?` } : {}),
  });
}

function whyNoStageFile(absolute: string): string {
  if (isFolder(absolute)) return "is a folder, expected a pipeline file";
  return lstatIfExists(absolute) === undefined ? "does not exist" : "is ignored or lies outside the project";
}

function stagesOfFile(stages: ProjectStages, absolute: string, shown: string): readonly Stage[] {
  const relative = insideFolder(stages.project.root, absolute);
  const file = relative === undefined ? absolute : posixPath(relative);
  const found = stages.byFile.get(file);
  if (found !== undefined) return found;
  const broken = stages.problems.get(file);
  if (broken !== undefined) throw broken;
  if (path.basename(absolute) === "dvc.lock")
    throw new SweeplineError({
      code: "TARGET_IS_LOCK_FILE",
      message: `'${shown}' is a lock file. Did you mean: \`${shown.replace(/\.lock$/, ".yaml")}\`?`,
    });
  const above = pipelineAbove(stages, absolute);
  throw new SweeplineError({
    code: "STAGE_FILE_MISSING",
    message: `'${shown}' ${whyNoStageFile(absolute)}`,
    ...(above === undefined ? {} : { hint: `The stages are in '${above}': go there (cd), or say ${above}:NAME` }),
    missing: [absolute],
  });
}

/** The nearest dvc.yaml in a folder above, from where the one was looked for: somebody stands in a subfolder. */
function pipelineAbove({ project, byFile }: ProjectStages, absolute: string): string | undefined {
  if (path.basename(absolute) !== "dvc.yaml") return undefined;
  const from = path.dirname(absolute);
  for (let folder = from; folder !== project.root && insideFolder(project.root, folder) !== undefined; ) {
    folder = path.dirname(folder);
    const file = path.join(folder, "dvc.yaml");
    if (byFile.has(posixPath(insideFolder(project.root, file) ?? ""))) return relativePosix(from, file);
  }
  return undefined;
}

function stagesNamed(stages: ProjectStages, target: ParsedTarget, request: TargetRequest): readonly Stage[] {
  const absolute = path.resolve(request.folder, target.file);
  const inFile = stagesOfFile(stages, absolute, target.file);
  if (target.name === undefined || target.file.endsWith(".dvc")) return inFile;
  const group = stages.groups.get(`${absolute}:${target.name}`);
  if (group !== undefined) return group;
  if (request.names === "glob") {
    const matchesGlob = globMatcher(target.name);
    const matching = inFile.filter((stage) => matchesGlob(stage.name));
    if (matching.length > 0) return matching;
    throw new SweeplineError({
      code: "STAGE_NOT_FOUND",
      message: `no stage in '${target.file}' matches '${target.name}'`,
    });
  }
  const exact = stages.named.get(`${absolute}:${target.name}`);
  if (exact !== undefined) return [exact];
  throw unknownStage(
    target.name,
    target.file,
    inFile.map((stage) => stage.name),
  );
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function stagesBelow(stages: ProjectStages, folder: string): Stage[] {
  const inside = insideFolder(stages.project.root, folder);
  if (inside === undefined) return [];
  const prefix = inside === "" ? "" : `${posixPath(inside)}/`;
  return stages.stages.filter((stage) => stage.file.startsWith(prefix));
}

function byOutput(stages: ProjectStages, absolute: string): ChosenStage | undefined {
  const holder = outputHolding(stages.outputs, absolute);
  return holder === undefined ? undefined : { stage: holder.stage, outputPaths: [absolute] };
}

function chosenBy(stages: ProjectStages, target: string, request: TargetRequest): readonly ChosenStage[] {
  const absolute = path.resolve(request.folder, target);
  if (request.recursive && isFolder(absolute)) return stagesBelow(stages, absolute).map((stage) => ({ stage }));
  const parsed = request.names === "glob" ? parseGlobTarget(target) : parseTarget(target);
  try {
    return stagesNamed(stages, parsed, request).map((stage) => ({ stage }));
  } catch (error) {
    const output = request.names === "exact" ? byOutput(stages, absolute) : undefined;
    if (output === undefined || !(error instanceof SweeplineError)) throw error;
    return [output];
  }
}

function eachOnce(choices: readonly ChosenStage[]): ChosenStage[] {
  const chosen = new Map<StageAddress, { readonly stage: Stage; paths: string[] | undefined }>();
  for (const { stage, outputPaths } of choices) {
    const before = chosen.get(stage.address);
    if (before === undefined) chosen.set(stage.address, { stage, paths: outputPaths && [...outputPaths] });
    else if (outputPaths === undefined) before.paths = undefined;
    else before.paths?.push(...outputPaths);
  }
  return [...chosen.values()].map(({ stage, paths }) =>
    paths === undefined ? { stage } : { stage, outputPaths: paths },
  );
}

/** The stages that the targets name, each once, in the order of the targets. Errors: STAGE_NOT_FOUND, STAGE_FILE_MISSING. */
export function chooseStages(stages: ProjectStages, request: TargetRequest): ChosenStage[] {
  return eachOnce(request.targets.flatMap((target) => chosenBy(stages, target, request)));
}

/**
 * As chooseStages, for commands about outputs as much as about stages: where a target names no file, the errors say that
 * it is neither (dvc/repo/stage.py: collect_granular).
 */
export function chooseOutputsOrStages(stages: ProjectStages, request: TargetRequest): ChosenStage[] {
  const choose = (target: string): readonly ChosenStage[] => {
    try {
      return chosenBy(stages, target, request);
    } catch (error) {
      const { file, name } = parseTarget(target);
      if (!(error instanceof SweeplineError) || name !== target) throw error;
      const message = `'${target}' does not exist as an output or a stage name in '${file}': ${error.message}`;
      throw new SweeplineError({ ...error.toFacts(), message, cause: error });
    }
  };
  return eachOnce(request.targets.flatMap(choose));
}

/** The chosen stages and all that they depend on. */
export function withDependencies(stages: ProjectStages, chosen: readonly ChosenStage[]): ChosenStage[] {
  const addresses = reachable(
    stages.graph.needs,
    chosen.map(({ stage }) => stage.address),
  );
  return stages.stages.filter((stage) => addresses.has(stage.address)).map((stage) => ({ stage }));
}
