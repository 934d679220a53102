/** The parameter files of a sweep: read once; edited, or composed from a config tree, once a point. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, realpathSync, statSync, writeAtomic } from "../../base/files.ts";
import { insideFolder, relativePosix } from "../../base/paths.ts";
import type { Value } from "../../base/value.ts";
import type { ProjectConfigs } from "../../config/project-config.ts";
import { composedFile } from "../../config/project-place.ts";
import { openParamFile } from "../../params/data-file.ts";
import type { ParamEdit } from "../../params/types.ts";
import { pathKey } from "../../pipeline/paths.ts";
import type { FileSource } from "../../pipeline/reading/file-source.ts";
import { folderInPlace } from "../../pipeline/reading/tracked-values.ts";
import type { Point } from "../../sweep/types.ts";
import type { ExperimentsContext } from "../repository.ts";

export interface OpenedParamFile {
  /** As the overrides name it. */
  readonly name: string;
  readonly absolute: string;
  /** From the top of the Git work tree. */
  readonly inGit: string;
  readonly bytes: Uint8Array | undefined;
  /** Its permissions, which stay. */
  readonly mode: number;
  /** What the file holds at a point. */
  valueAt(point: Point): Value;
  isWrittenAt(point: Point): boolean;
  /** Its text at a point; undefined where the point leaves it as it is. */
  textAt(point: Point): string | undefined;
}

export interface ParamFilesRequest {
  /** The folder of the command, relative to the project's root. */
  readonly folder: string;
  readonly points: readonly Point[];
  /** Where params.yaml is composed: its configs. */
  readonly configs: ProjectConfigs | undefined;
}

/**
 * Opens all parameter files that the points name, and the composed one; refuses one outside the repository.
 * @param source what they are read from
 */
export async function openParamFiles(
  context: ExperimentsContext,
  { folder, points, configs }: ParamFilesRequest,
  source: FileSource,
): Promise<readonly OpenedParamFile[]> {
  const names = new Set(points.flatMap((point) => point.overrides.map((override) => override.file)));
  if (configs !== undefined) names.add(composedFile);
  const opened: OpenedParamFile[] = [];
  for (const name of names) {
    const { absolute, inGit } = placeOfParams(context, folder, name);
    const answer = source.find(pathKey(context.project.root, absolute));
    if (answer.kind === "folder") throw folderInPlace(name);
    const bytes = answer.kind === "file" ? answer.bytes : undefined;
    const above = bytes === undefined ? aboveOf(context, path.resolve(context.project.root, folder), name) : undefined;
    const content =
      configs !== undefined && name === composedFile
        ? composedContent(configs)
        : await editedContent({ path: name, bytes, above });
    const mode = bytes === undefined ? 0o666 : (statSync(absolute, { throwIfNoEntry: false })?.mode ?? 0o666) & 0o777;
    opened.push({ name, absolute, inGit, bytes, mode, ...content });
  }
  return opened;
}

/**
 * Where a parameter file lies that an override names.
 * @param folder the folder of the command, relative to the project's root. Errors: OUTSIDE_REPOSITORY.
 */
export function placeOfParams(
  { project, repository }: ExperimentsContext,
  folder: string,
  name: string,
): Pick<OpenedParamFile, "absolute" | "inGit"> {
  const absolute = realPath(path.resolve(project.root, folder, name));
  const inGit = path.relative(repository.workTree, absolute);
  if (inGit === "" || inGit.startsWith("..") || path.isAbsolute(inGit))
    throw new SweeplineError({ code: "OUTSIDE_REPOSITORY", message: `'${name}' is outside of the repository` });
  return { absolute, inGit };
}

/** The file that a link leads to: the link stays, what it names is edited. */
function realPath(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

type Content = Pick<OpenedParamFile, "valueAt" | "isWrittenAt" | "textAt">;

/** Of a file that is missing in a folder: the nearest of its name in one above, up to the project's, seen from there. */
function aboveOf({ project: { root } }: ExperimentsContext, from: string, name: string): string | undefined {
  for (let folder = from; folder !== root && insideFolder(root, folder) !== undefined; ) {
    folder = path.dirname(folder);
    const file = path.resolve(folder, name);
    if (existsSync(file)) return relativePosix(from, file);
  }
  return undefined;
}

async function editedContent(sought: Parameters<typeof openParamFile>[0]): Promise<Content> {
  const file = await openParamFile(sought);
  const name = sought.path;
  return {
    valueAt: (point) => file.apply(editsOf(point, name)),
    isWrittenAt: (point) => editsOf(point, name).length > 0,
    textAt: (point) => {
      const edits = editsOf(point, name);
      return edits.length === 0 ? undefined : file.edit(edits);
    },
  };
}

/** Points whose composed value is kept from the time it is hashed until it is written: more would fill the memory. */
const maxKept = 5_000;

function composedContent(configs: ProjectConfigs): Content {
  const kept = new Map<Point, Value>();
  const valueAt = (point: Point): Value => {
    const known = kept.get(point);
    if (known !== undefined) return known;
    const value = configs.valueAt(editsOf(point, composedFile));
    if (kept.size < maxKept) kept.set(point, value);
    return value;
  };
  return { valueAt, isWrittenAt: () => true, textAt: (point) => configs.textOf(valueAt(point)) };
}

function editsOf(point: Point, name: string): readonly ParamEdit[] {
  return point.overrides.filter((override) => override.file === name).map((override) => override.edit);
}

/** Writes a point's parameters into the workspace: for a direct run. */
export function applyPoint(opened: readonly OpenedParamFile[], point: Point): void {
  for (const file of opened) {
    const text = file.textAt(point);
    if (text !== undefined) writeAtomic(file.absolute, text, { mode: file.mode });
  }
}
