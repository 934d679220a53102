/**
 * Where the files of a project are read from: the disk, a copy of the workspace, a commit's tree, or one of these with values laid
 * over it. Paths are relative to the project's root, with "/"; one that lies outside is absolute, and only the disk has it.
 */
import { SweeplineError } from "../../base/errors.ts";
import { compareCodePoints } from "../../base/python.ts";
import type { Value } from "../../base/value.ts";

export interface SourceFile {
  readonly kind: "file";
  /** Same id, same bytes: what is parsed once is kept under it. undefined: nothing is kept. */
  readonly id: string | undefined;
  readonly bytes: Uint8Array;
  /** What a data file counts as holding, whatever its bytes: see `laidOver`. */
  readonly value?: Value;
}

export type FileAnswer = SourceFile | { readonly kind: "missing" } | { readonly kind: "folder" };

export interface SourceEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
}

/** A commit's tree throws NotLoaded for what was not fetched; the others answer at once. */
export interface FileSource {
  /** How many pipeline files, and folders that hold some, a walk may meet; absent: any number. */
  readonly mostPaths?: number;
  /** What lies at a path. Links are followed on the disk and are nothing in a commit; what is no file is missing. */
  find(path: string): FileAnswer;
  /** The pipeline files of a folder, and its folders, in the order of the walk; without those that are ignored. */
  list(folder: string): readonly SourceEntry[];
  /** All files below a folder, .dvcignore apart. */
  filesBelow(folder: string): readonly string[];
}

export const missing: FileAnswer = { kind: "missing" };
export const folder: FileAnswer = { kind: "folder" };

/** A dvc.yaml, or a .dvc file: data that was added or imported. */
export type PipelineFileKind = "pipeline" | "data";

export interface FoundPipelineFile {
  readonly file: string;
  readonly kind: PipelineFileKind;
}

/** What a file of this name is; undefined for all others. */
export function pipelineFileKind(name: string): PipelineFileKind | undefined {
  if (name === "dvc.yaml") return "pipeline";
  return name.endsWith(".dvc") && name !== ".dvc" ? "data" : undefined;
}

/** The order of every walk: files first, then folders, by name. */
export function inWalkOrder(entries: readonly SourceEntry[]): readonly SourceEntry[] {
  const files = entries.filter(({ kind, name }) => kind === "file" && pipelineFileKind(name) !== undefined);
  const folders = entries.filter(({ kind }) => kind === "folder");
  const byName = (a: SourceEntry, b: SourceEntry) => compareCodePoints(a.name, b.name);
  return [...files.sort(byName), ...folders.sort(byName)];
}

function tooManyFiles(most: number | undefined): SweeplineError {
  const message = `the commit has more than ${most} pipeline files and folders that hold them`;
  return new SweeplineError({ code: "REVISION_TOO_LARGE", message });
}

/**
 * Walks all pipeline files. `visit` answers the outputs of each, as paths relative to the project: a folder among those that are
 * known when its parent has been visited is not entered (DVC 3.67.1, repo/index.py, collect_files).
 * Throws REVISION_TOO_LARGE where there are more than the source allows.
 */
export function walkPipelineFiles(source: FileSource, visit: (found: FoundPipelineFile) => Iterable<string>): void {
  const outputs = new Set<string>();
  const open = [""];
  let left = source.mostPaths ?? Number.POSITIVE_INFINITY;
  for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
    const inner: string[] = [];
    const entries = source.list(prefix);
    left -= entries.length;
    if (left < 0) throw tooManyFiles(source.mostPaths);
    for (const { name, kind } of entries) {
      const file = prefix === "" ? name : `${prefix}/${name}`;
      const found = pipelineFileKind(name);
      if (kind === "folder") inner.push(file);
      else if (found !== undefined) for (const output of visit({ file, kind: found })) outputs.add(output);
    }
    open.push(...inner.filter((file) => !outputs.has(file)).reverse());
  }
}

/** All pipeline files, those inside outputs too: nothing is read. */
export function listPipelineFiles(source: FileSource): readonly FoundPipelineFile[] {
  const all: FoundPipelineFile[] = [];
  walkPipelineFiles(source, (found) => {
    all.push(found);
    return [];
  });
  return all;
}

/** The source, which is asked for each file once: for who reads the same ones many times at one moment. */
export function askedOnce(source: FileSource): FileSource {
  const answers = new Map<string, FileAnswer>();
  const find = (path: string) => {
    const answer = answers.get(path) ?? source.find(path);
    answers.set(path, answer);
    return answer;
  };
  return { ...source, find };
}

/** The source, where data files at these paths count as there, and as holding these values. */
export function laidOver(source: FileSource, values: ReadonlyMap<string, Value>): FileSource {
  if (values.size === 0) return source;
  const laid = new Map<string, SourceFile>();
  for (const [path, value] of values) laid.set(path, { kind: "file", id: undefined, bytes: new Uint8Array(), value });
  return { ...source, find: (path) => laid.get(path) ?? source.find(path) };
}
