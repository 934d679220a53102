/** The folder that plots are written to, and the files in it. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { makeFolder, writeAtomic } from "../../base/files.ts";
import { placeProblem } from "../../project/gate.ts";
import type { Project } from "../../project/project.ts";

const defaultFolder = "dvc_plots";

/**
 * Where plots go, absolute: what the user says, else `plots.out_dir`, else dvc_plots. What the project says has to be inside of
 * it, also at the end of links. Errors: OUTSIDE_PROJECT.
 */
export function plotsFolder(project: Project, cwd: string, asked: string | undefined): string {
  if (asked !== undefined) return path.resolve(cwd, asked);
  const folder = path.resolve(cwd, project.config.get("plots.out_dir") ?? defaultFolder);
  const problem = placeProblem(project.root, path.join(folder, "index.html"));
  if (problem === undefined) return folder;
  throw new SweeplineError({
    code: "OUTSIDE_PROJECT",
    message: `the folder for plots, '${folder}', ${problem.what}`,
    hint: "Name another one with --out.",
  });
}

/** A flat name, as DVC has it: all of them lie in one folder. */
function flatName(rev: string, file: string): string {
  return `${rev}_${file}`.replaceAll("/", "_").replaceAll(path.sep, "_");
}

/** Writes a picture of a revision and answers where it is. A link in its place is replaced. */
export function writePicture(folder: string, picture: { rev: string; file: string; bytes: Uint8Array }): string {
  makeFolder(folder);
  const file = path.join(folder, flatName(picture.rev, picture.file));
  writeAtomic(file, picture.bytes);
  return file;
}

/** Writes the page and answers where it is. */
export function writePlotsPage(folder: string, html: string): string {
  makeFolder(folder);
  const file = path.join(folder, "index.html");
  writeAtomic(file, html);
  return file;
}
