/**
 * Nothing that a pipeline names may lead out of the project: outputs are deleted before a stage runs, and a dvc.yaml may come from
 * a stranger. Checked for all stages of a plan before the first of them runs. As in DVC 3, a stage may write a file or folder
 * elsewhere that is not to be cached: only its run touches it, which could do so without naming it.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { insideFolder } from "../../base/paths.ts";
import type { Scalar } from "../../base/value.ts";
import { isInternal, nameProblem, type PathProblem, placeProblem, realTarget } from "../../project/gate.ts";
import { outputKey, placeName, stageLines, throwAll } from "../graph/stage-places.ts";
import { isPipelineFile, isUrl } from "../paths.ts";
import type { OutputSpec, Stage } from "../types.ts";

interface Boundary {
  readonly root: string;
  /** Real paths of folders that were looked up already. */
  readonly realFolders: Map<string, string>;
}

function realFolder(boundary: Boundary, folder: string): string {
  const known = boundary.realFolders.get(folder);
  if (known !== undefined) return known;
  const real = realTarget(folder);
  boundary.realFolders.set(folder, real);
  return real;
}

/** What is wrong, before its place is looked up. */
interface Problem {
  readonly code: "OUTSIDE_PROJECT" | "DVC_FILE_AS_DATA";
  readonly what: string;
  readonly hint?: string;
  readonly key: readonly Scalar[];
}

type Found = Omit<Problem, "key"> | undefined;

function outside(what: string, hint: string): Found {
  return { code: "OUTSIDE_PROJECT", what, hint };
}

const keepInside = "Stages may write inside the project only; nothing was run.";
const uncached = "The cache is for data inside the project: `cache: false` lets a stage write elsewhere.";
const inFull = "A copy of the workspace has other folders above it: name the file by its path from the root on.";

/** As in DVC: what describes data can't be data itself. */
function kindProblem(name: string, role: string): Found {
  if (!isPipelineFile(name)) return undefined;
  return { code: "DVC_FILE_AS_DATA", what: `DVC file '${name}' cannot be ${role}.` };
}

function unnameable(name: string): Found {
  const found = nameProblem(name);
  return found && outside(found.what, found.hint);
}

function folderProblem(boundary: Boundary, folder: string): Found {
  if (insideFolder(boundary.root, folder) === undefined)
    return outside(`the working folder '${folder}' is outside of the project`, keepInside);
  if (insideFolder(boundary.root, realFolder(boundary, folder)) === undefined)
    return outside(`the working folder '${folder}' leads out of the project through a link`, keepInside);
  return undefined;
}

/** Of an output elsewhere: it is named by a path that leads where it says, and not to what holds projects. */
function externalProblem(boundary: Boundary, absolute: string): PathProblem | undefined {
  const target = path.join(realFolder(boundary, path.dirname(absolute)), path.basename(absolute));
  if (insideFolder(target, boundary.root) !== undefined) return { what: "holds the project", hint: keepInside };
  if (insideFolder(boundary.root, target) !== undefined)
    return { what: "leads into the project through a link", hint: keepInside };
  return isInternal(target) ? { what: "lies in a folder of Git's or DVC's", hint: inFull } : undefined;
}

function outputProblem(boundary: Boundary, stage: Stage, { path: output, cache }: OutputSpec): Found {
  if (isUrl(output)) return outside(`the output '${output}' is not a local file`, "Only local outputs are supported.");
  const absolute = path.resolve(stage.workingFolder, output);
  const isElsewhere = insideFolder(boundary.root, absolute) === undefined;
  const found =
    isElsewhere && !cache
      ? externalProblem(boundary, absolute)
      : placeProblem(boundary.root, absolute, (folder) => realFolder(boundary, folder));
  return found && outside(`the output '${output}' ${found.what}`, isElsewhere && cache ? uncached : found.hint);
}

/** Of a stage whose working folder is no good, that alone: its paths start there. */
function problemsOf(boundary: Boundary, stage: Stage): Problem[] {
  const { workingFolder, deps, outs } = stage;
  const ofFolder = unnameable(workingFolder) ?? folderProblem(boundary, workingFolder);
  if (ofFolder !== undefined) return [{ ...ofFolder, key: ["wdir"] }];
  const ofDeps = deps.flatMap((dep, index) => {
    const found = unnameable(dep) ?? kindProblem(dep, "a dependency");
    return found === undefined ? [] : [{ ...found, key: ["deps", BigInt(index)] }];
  });
  const ofOuts = outs.flatMap((output) => {
    const { path: name } = output;
    const found = unnameable(name) ?? kindProblem(name, "an output") ?? outputProblem(boundary, stage, output);
    return found === undefined ? [] : [{ ...found, key: outputKey(stage, output) }];
  });
  return [...ofDeps, ...ofOuts];
}

/**
 * Refuses working folders and outputs that lie or lead outside the project, or into .git and .dvc (OUTSIDE_PROJECT), and
 * DVC's own files as data (DVC_FILE_AS_DATA): all of them at once.
 */
export function checkBoundaries(root: string, stages: Iterable<Stage>): void {
  const boundary: Boundary = { root, realFolders: new Map() };
  const lineOf = stageLines(root);
  const errors: SweeplineError[] = [];
  for (const stage of stages)
    for (const { what, key, ...facts } of problemsOf(boundary, stage))
      errors.push(new SweeplineError({ ...facts, message: `${placeName(stage, lineOf(stage, key))}: ${what}` }));
  throwAll(errors);
}
