/** The parameter files of a sweep: read once, edited once a point. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { readIfExists, writeAtomic } from "../base/files.ts";
import type { Value } from "../base/value.ts";
import { applyEdits } from "../params/apply-edits.ts";
import { openParamFile } from "../params/data-file.ts";
import type { ParamEdit, ParamFile } from "../params/types.ts";
import type { Point } from "../sweep/types.ts";
import type { ExperimentsContext } from "./repository.ts";

export interface OpenedParamFile {
  /** As the overrides name it. */
  readonly name: string;
  readonly absolute: string;
  /** From the top of the Git work tree. */
  readonly inGit: string;
  readonly bytes: Uint8Array | undefined;
  readonly file: ParamFile;
}

/** Opens all parameter files that the points name; refuses one outside the repository. */
export async function openParamFiles(
  context: ExperimentsContext,
  folder: string,
  points: readonly Point[],
): Promise<readonly OpenedParamFile[]> {
  const names = new Set(points.flatMap((point) => point.overrides.map((override) => override.file)));
  const opened: OpenedParamFile[] = [];
  for (const name of names) {
    const absolute = path.resolve(context.project.root, folder, name);
    const inGit = path.relative(context.repository.workTree, absolute);
    if (inGit === "" || inGit.startsWith("..") || path.isAbsolute(inGit))
      throw new SweeplineError({ code: "PARAM_FILE_OUTSIDE", message: `'${name}' is outside of the repository` });
    const bytes = readIfExists(absolute);
    opened.push({ name, absolute, inGit, bytes, file: await openParamFile({ path: name, bytes }) });
  }
  return opened;
}

/** The edits of one file in a point. */
export function editsOf(point: Point, name: string): readonly ParamEdit[] {
  return point.overrides.filter((override) => override.file === name).map((override) => override.edit);
}

/** What the file holds after the edits. */
export function editedValue(opened: OpenedParamFile, edits: readonly ParamEdit[]): Value {
  return applyEdits(opened.file.value, edits, { describe: () => opened.name });
}

/** Writes a point's parameters into the workspace: for a direct run. */
export function applyPoint(opened: readonly OpenedParamFile[], point: Point): void {
  for (const item of opened) {
    const edits = editsOf(point, item.name);
    if (edits.length > 0) writeAtomic(item.absolute, item.file.edit(edits));
  }
}
