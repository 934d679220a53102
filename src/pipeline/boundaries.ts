/**
 * Nothing that a pipeline names may lead out of the project: outputs are deleted before a stage runs, and a dvc.yaml may come from
 * a stranger. Checked for all stages of a plan before the first of them runs.
 */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { insideRoot, isUrl, realTarget } from "./paths.ts";
import type { Stage } from "./types.ts";

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

function placeOf(stage: Stage): string {
  return `${stage.cmd === null ? "" : `stage '${stage.address}' in `}'${stage.file}': `;
}

function refuse(stage: Stage, what: string, hint: string): never {
  throw new SweeplineError({
    code: "OUTSIDE_PROJECT",
    message: `${placeOf(stage)}${what}`,
    hint,
  });
}

const keepInside = "Stages may write inside the project only; nothing was run.";

/** In any case: there are file systems where `.GIT` is the same folder. */
function isInternal(inside: string): boolean {
  return inside.split(path.sep).some((segment) => /^\.(git|dvc)$/i.test(segment));
}

function isOwnFile(inside: string): boolean {
  return inside === "" || isInternal(inside) || path.basename(inside) === "dvc.lock";
}

/** As in DVC: what describes data can't be data itself. */
function checkKinds(stage: Stage): void {
  const isDvcFile = (name: string) => name.endsWith(".dvc") || path.basename(name) === "dvc.yaml";
  const refuseKind = (name: string, role: string): never => {
    throw new SweeplineError({
      code: "DVC_FILE_AS_DATA",
      message: `${placeOf(stage)}DVC file '${name}' cannot be ${role}.`,
    });
  };
  for (const dep of stage.deps) if (isDvcFile(dep)) refuseKind(dep, "a dependency");
  for (const output of stage.outs) if (isDvcFile(output.path)) refuseKind(output.path, "an output");
}

/** No file system has such names; a message of Node's would be all that a user got. */
function checkNames(stage: Stage): void {
  const names = [stage.workingFolder, ...stage.deps, ...stage.outs.map((output) => output.path)];
  if (names.some((name) => name.includes("\0")))
    refuse(stage, "a path holds a NUL character", "Paths can have any other character.");
}

function checkWorkingFolder(boundary: Boundary, stage: Stage): void {
  const folder = stage.workingFolder;
  if (insideRoot(boundary.root, folder) === undefined)
    refuse(stage, `the working folder '${folder}' is outside of the project`, keepInside);
  if (insideRoot(boundary.root, realFolder(boundary, folder)) === undefined)
    refuse(stage, `the working folder '${folder}' leads out of the project through a link`, keepInside);
}

function checkOutput(boundary: Boundary, stage: Stage, output: string): void {
  if (isUrl(output)) refuse(stage, `the output '${output}' is not a local file`, "Only local outputs are supported.");
  const absolute = path.resolve(stage.workingFolder, output);
  const inside = insideRoot(boundary.root, absolute);
  if (inside === undefined) refuse(stage, `the output '${output}' is outside of the project`, keepInside);
  if (isOwnFile(inside))
    refuse(stage, `the output '${output}' would replace the project's own files`, "Choose another path.");
  const real = insideRoot(boundary.root, realFolder(boundary, path.dirname(absolute)));
  if (real === undefined) refuse(stage, `the output '${output}' leads out of the project through a link`, keepInside);
  if (isInternal(real))
    refuse(stage, `the output '${output}' leads into '${real}' through a link`, "Choose another path.");
}

/**
 * Refuses working folders and outputs that lie or lead outside the project, or into .git and .dvc (OUTSIDE_PROJECT), and
 * DVC's own files as data (DVC_FILE_AS_DATA).
 */
export function checkBoundaries(root: string, stages: Iterable<Stage>): void {
  const boundary: Boundary = { root, realFolders: new Map() };
  for (const stage of stages) {
    checkNames(stage);
    checkKinds(stage);
    checkWorkingFolder(boundary, stage);
    for (const output of stage.outs) checkOutput(boundary, stage, output.path);
  }
}
