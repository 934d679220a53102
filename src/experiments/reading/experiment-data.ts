/** Parameters, metrics, dependencies and outputs of one revision (DVC 3.67.1, repo/experiments/serialize.py). */
import path from "node:path";
import { readPlainFile } from "../../base/files.ts";
import { relativePosix } from "../../base/paths.ts";
import type { Scalar, Value } from "../../base/value.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import { type FileAnswer, type FileSource, missing, type SourceFile } from "../../pipeline/reading/file-source.ts";
import type { ProjectPlace } from "../../pipeline/reading/pipeline-file.ts";
import type { TakenValues, TrackedParams } from "../../pipeline/reading/pipeline-parts.ts";
import { type ProjectReading, readProject } from "../../pipeline/reading/read-project.ts";
import type { Readings } from "../../pipeline/reading/readings.ts";
import { type Cache, findObject, readTree } from "../../store/cache.ts";
import type { ExperimentData, FileResult } from "./types.ts";
import { type DataFiles, missingFile } from "./values.ts";

/** What the reading of all revisions shares. */
export interface Readers {
  readonly files: DataFiles;
  readonly readings: Readings;
  /** For parameters and metrics that are not in Git but in the cache. */
  readonly cache: Cache;
}

/** "dependencies": only parameters that stages depend on. */
export type ParamsScope = "all" | "dependencies";

/** The tracked keys by file, in the order of first mention; a file that is wanted whole anywhere is wanted whole. */
function mergeParams(tracked: readonly TrackedParams[]): ReadonlyMap<string, readonly string[] | null> {
  const merged = new Map<string, Set<string> | null>();
  for (const { file, keys } of tracked) {
    const known = merged.get(file);
    if (keys === null || keys.length === 0) merged.set(file, null);
    else if (known === undefined) merged.set(file, new Set(keys));
    else if (known !== null) for (const key of keys) known.add(key);
  }
  return new Map([...merged].map(([file, keys]) => [file, keys === null ? null : [...keys]]));
}

/** Read when it is needed: many revisions have it, and it is parsed once. */
class CachedFile implements SourceFile {
  readonly kind = "file";

  constructor(
    readonly id: string,
    private readonly object: string,
  ) {}

  get bytes(): Uint8Array {
    return readPlainFile(this.object);
  }
}

/** A revision's files, and behind them what the cache holds of its outputs. */
function withCache({ place: { source }, recorded }: ProjectReading, cache: Cache): FileSource {
  const hashes = new Map(recorded.cached);
  const inFolder = (name: string): string | undefined => {
    for (const [folder, hash] of hashes) {
      if (!hash.endsWith(".dir") || !name.startsWith(`${folder}/`)) continue;
      return readTree(cache, hash)?.find(({ relpath }) => relpath === name.slice(folder.length + 1))?.md5;
    }
    return undefined;
  };
  const find = (name: string): FileAnswer => {
    const answer = source.find(name);
    if (answer.kind !== "missing") return answer;
    const hash = hashes.get(name) ?? inFolder(name);
    if (hash === undefined) return missing;
    if (hash.endsWith(".dir")) return { kind: "folder" };
    const object = /^[0-9a-f]{32}$/.test(hash) ? findObject(cache, hash) : undefined;
    return object === undefined ? missing : new CachedFile(`md5:${hash}`, object);
  };
  const filesBelow = (folder: string) => {
    const inGit = source.filesBelow(folder);
    const hash = hashes.get(folder);
    if (inGit.length > 0 || hash === undefined) return inGit;
    // Nobody knows what is in it: it stands for itself.
    return readTree(cache, hash)?.map(({ relpath }) => `${folder}/${relpath}`) ?? [folder];
  };
  return { ...source, find, filesBelow };
}

/** The files that names stand for: themselves, or all files of a folder. */
function expand(source: FileSource, names: Iterable<string>): readonly string[] {
  return [...names].flatMap((name) => (source.find(name).kind === "folder" ? source.filesBelow(name) : [name]));
}

/** What is no file, as DVC's readers know these failures. */
function notAFile(name: string, kind: "folder" | "missing"): FileResult {
  if (kind === "missing") return missingFile(name);
  return { kind: "error", type: "IsADirectoryError", message: `'${name}' is a folder, and its files are not here` };
}

type ReadOne = (file: string, answer: SourceFile) => FileResult;

function readFiles(source: FileSource, names: Iterable<string>, read: ReadOne): ReadonlyMap<string, FileResult> {
  const results = new Map<string, FileResult>();
  for (const file of expand(source, names)) {
    const answer = source.find(file);
    results.set(file, answer.kind === "file" ? read(file, answer) : notAFile(file, answer.kind));
  }
  return results;
}

function trackedParams({ reading, files }: OpenRevision, scope: ParamsScope): readonly TrackedParams[] {
  const { stageParams, topParams } = reading.tracked;
  if (scope === "dependencies") return stageParams;
  const whole = topParams.map((file) => ({ file, keys: null }));
  const hasDefault = files.find(defaultParamsFile).kind !== "missing";
  return [...stageParams, ...whole, ...(hasDefault ? [{ file: defaultParamsFile, keys: null }] : [])];
}

/** A revision whose pipeline files were read. */
export interface OpenRevision {
  readonly reading: ProjectReading;
  /** Its files, with the cache behind them. */
  readonly files: FileSource;
}

/** Throws SweeplineError where a pipeline file or a lock file is broken; NotLoaded. */
export function openRevision(place: ProjectPlace, { readings, cache }: Readers): OpenRevision {
  const reading = readProject(place, readings);
  const [problem] = reading.problems.values();
  if (problem !== undefined) throw problem;
  return { reading, files: withCache(reading, cache) };
}

function readParams({ files }: OpenRevision, tracked: readonly TrackedParams[], readers: Readers) {
  const keys = mergeParams(tracked);
  return readFiles(files, keys.keys(), (file, answer) => readers.files.params(file, answer, keys.get(file) ?? null));
}

/** What templates take from files that nobody tracks counts as parameters too (DVC: _collect_vars). */
function withTaken(
  params: ReadonlyMap<string, FileResult>,
  takenValues: readonly TakenValues[],
): ReadonlyMap<string, FileResult> {
  const taken = new Map<string, Map<Scalar, Value>>();
  for (const { file, values } of takenValues) {
    if (params.has(file)) continue;
    taken.set(file, new Map([...(taken.get(file) ?? []), ...values]));
  }
  return new Map([
    ...params,
    ...[...taken].map(([file, data]): [string, FileResult] => [file, { kind: "data", data }]),
  ]);
}

function readMetrics({ files }: OpenRevision, names: Iterable<string>, readers: Readers) {
  return readFiles(files, new Set(names), (file, answer) => readers.files.metrics(file, answer));
}

/** Which parameters and metrics are read. */
export type DataRequest =
  | { readonly kind: "tracked"; readonly params: ParamsScope }
  /** Only these files, relative to the project. */
  | { readonly kind: "targets"; readonly targets: readonly string[] };

/** The files that `revisionData` reads of the revision itself: to be fetched for many revisions at once. */
export function wantedFiles(revision: OpenRevision, request: DataRequest): readonly string[] {
  const { source } = revision.reading.place;
  if (request.kind === "targets") return expand(source, request.targets);
  const params = trackedParams(revision, request.params).map(({ file }) => file);
  return expand(source, new Set([...params, ...revision.reading.tracked.metrics]));
}

/** What lies outside of the project is named from its root, as in DVC's tables. */
function shownNames<T>(root: string, files: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  let hasOutside = false;
  for (const name of files.keys()) hasOutside ||= path.isAbsolute(name);
  if (!hasOutside) return files;
  return new Map(
    [...files].map(([name, value]) => [path.isAbsolute(name) ? relativePosix(root, name) : name, value] as const),
  );
}

/**
 * All that a revision says about an experiment, or of the files that the user names: then the same files are parameters and
 * metrics. A broken parameters or metrics file is an error of that file only.
 */
export function revisionData(revision: OpenRevision, readers: Readers, request: DataRequest): ExperimentData {
  const { params, metrics, deps, outs } = readRevision(revision, readers, request);
  const { root } = readers.cache;
  return {
    params: shownNames(root, params),
    metrics: shownNames(root, metrics),
    deps: shownNames(root, deps),
    outs: shownNames(root, outs),
  };
}

function readRevision(revision: OpenRevision, readers: Readers, request: DataRequest): ExperimentData {
  if (request.kind === "targets") {
    const tracked = request.targets.map((file) => ({ file, keys: null }));
    const params = readParams(revision, tracked, readers);
    return { params, metrics: readMetrics(revision, request.targets, readers), deps: new Map(), outs: new Map() };
  }
  const params = readParams(revision, trackedParams(revision, request.params), readers);
  const { tracked, recorded } = revision.reading;
  return {
    params: withTaken(params, tracked.takenValues),
    metrics: readMetrics(revision, tracked.metrics, readers),
    deps: new Map(recorded.deps),
    outs: new Map(recorded.outs),
  };
}
