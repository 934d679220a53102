/** Parameters, metrics, dependencies and outputs of one revision (DVC 3.67.1, repo/experiments/serialize.py). */
import { readFileSync } from "../../base/files.ts";
import type { Scalar, Value } from "../../base/value.ts";
import { type Cache, findObject, readTree } from "../../store/cache.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { type FileAnswer, type FileSource, missing, pending } from "./file-source.ts";
import type { PipelinePart, Pipelines, TrackedParams } from "./pipelines.ts";
import type { ExperimentData, FileResult } from "./types.ts";
import { type DataFiles, missingFile } from "./values.ts";

const defaultParams = "params.yaml";

/** What the reading of all revisions shares. */
export interface Readers {
  readonly files: DataFiles;
  readonly pipelines: Pipelines;
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

/** A revision's files, and behind them what the cache holds of its outputs. */
function withCache(source: FileSource, parts: readonly PipelinePart[], cache: Cache): FileSource {
  const hashes = new Map(parts.flatMap((part) => part.cached));
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
    return object === undefined ? missing : { kind: "file", id: `md5:${hash}`, bytes: readFileSync(object) };
  };
  const filesBelow = (folder: string) => {
    const inGit = source.filesBelow(folder);
    const hash = hashes.get(folder);
    if (inGit === "pending" || inGit.length > 0 || hash === undefined) return inGit;
    return (readTree(cache, hash) ?? []).map(({ relpath }) => `${folder}/${relpath}`);
  };
  return { find, filesBelow, pipelineFiles: () => source.pipelineFiles() };
}

/** The files that a name stands for: itself, or all files of a folder. */
function expand(source: FileSource, name: string): readonly string[] | "pending" {
  const answer = source.find(name);
  if (answer.kind === "pending") return "pending";
  return answer.kind === "folder" ? source.filesBelow(name) : [name];
}

type ReadOne = (file: string, answer: Extract<FileAnswer, { kind: "file" }>) => FileResult;

/** Reads each file; everything is asked for before the first missing object ends the attempt. */
function readFiles(
  source: FileSource,
  names: readonly string[],
  read: ReadOne,
): ReadonlyMap<string, FileResult> | "pending" {
  const results = new Map<string, FileResult>();
  let isPending = false;
  for (const name of names) {
    const files = expand(source, name);
    for (const file of files === "pending" ? [] : files) {
      const answer = source.find(file);
      if (answer === pending || answer.kind === "pending") isPending = true;
      else results.set(file, answer.kind === "file" ? read(file, answer) : missingFile(file));
    }
    isPending ||= files === "pending";
  }
  return isPending ? "pending" : results;
}

function trackedParams(
  source: FileSource,
  parts: readonly PipelinePart[],
  scope: ParamsScope,
): readonly TrackedParams[] {
  const ofStages = parts.flatMap((part) => part.stageParams);
  if (scope === "dependencies") return ofStages;
  const whole = parts.flatMap((part) => part.topParams.map((file) => ({ file, keys: null })));
  const hasDefault = source.find(defaultParams).kind !== "missing";
  return [...ofStages, ...whole, ...(hasDefault ? [{ file: defaultParams, keys: null }] : [])];
}

/** A revision's pipeline, and its files with the cache behind them. */
interface OpenRevision {
  readonly parts: readonly PipelinePart[];
  readonly files: FileSource;
}

function openRevision(source: FileSource, readers: Readers): OpenRevision | "pending" {
  const pipelineFiles = source.pipelineFiles();
  if (pipelineFiles === "pending") return "pending";
  const parts = pipelineFiles.map((file) => readers.pipelines.part(source, file));
  // Needed in any case: asked for in the same round as the pipeline's files.
  source.find(defaultParams);
  const known = parts.filter((part): part is PipelinePart => part !== "pending");
  if (known.length < parts.length) return "pending";
  return { parts: known, files: withCache(source, known, readers.cache) };
}

function readParams(revision: OpenRevision, tracked: readonly TrackedParams[], readers: Readers) {
  const keys = mergeParams(tracked);
  return readFiles(revision.files, [...keys.keys()], (file, answer) =>
    readers.files.params(file, answer, keys.get(file) ?? null),
  );
}

/** What templates take from files that nobody tracks counts as parameters too (DVC: _collect_vars). */
function withTaken(
  params: ReadonlyMap<string, FileResult>,
  parts: readonly PipelinePart[],
): ReadonlyMap<string, FileResult> {
  const taken = new Map<string, Map<Scalar, Value>>();
  for (const { file, values } of parts.flatMap((part) => part.takenValues)) {
    if (params.has(file)) continue;
    taken.set(file, new Map([...(taken.get(file) ?? []), ...values]));
  }
  return new Map([
    ...params,
    ...[...taken].map(([file, data]): [string, FileResult] => [file, { kind: "data", data }]),
  ]);
}

function readMetrics(revision: OpenRevision, names: readonly string[], readers: Readers) {
  return readFiles(revision.files, [...new Set(names)], (file, answer) => readers.files.metrics(file, answer));
}

/**
 * All that a revision says about an experiment; "pending" before all files it needs are there.
 * Throws SweeplineError where a pipeline file is broken; a broken parameters or metrics file is an error of that file only.
 */
export function experimentData(source: FileSource, readers: Readers, scope: ParamsScope): ExperimentData | "pending" {
  const revision = openRevision(source, readers);
  if (revision === "pending") return "pending";
  const { parts } = revision;
  const params = readParams(revision, trackedParams(revision.files, parts, scope), readers);
  const metricNames = parts.flatMap((part) => part.metrics);
  const metrics = readMetrics(revision, metricNames, readers);
  if (params === "pending" || metrics === "pending") return "pending";
  return {
    params: withTaken(params, parts),
    metrics,
    deps: new Map(parts.flatMap((part) => part.deps)),
    outs: new Map(parts.flatMap((part) => part.outs)),
  };
}

/** Like experimentData, but of the files that the user names: the same files as parameters and as metrics. */
export function targetData(
  source: FileSource,
  readers: Readers,
  targets: readonly string[],
): ExperimentData | "pending" {
  const revision = openRevision(source, readers);
  if (revision === "pending") return "pending";
  const tracked = targets.map((file) => ({ file, keys: null }));
  const params = readParams(revision, tracked, readers);
  const metrics = readMetrics(revision, targets, readers);
  if (params === "pending" || metrics === "pending") return "pending";
  return { params, metrics, deps: new Map(), outs: new Map() };
}

/** All data that a revision keeps in the cache and that may be pushed. Throws as experimentData. */
export function storedObjects(source: FileSource, readers: Readers): readonly RemoteObject[] | "pending" {
  const revision = openRevision(source, readers);
  return revision === "pending" ? revision : revision.parts.flatMap((part) => part.stored);
}
