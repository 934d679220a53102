/** What pipeline files and the lock files beside them say of parameters, metrics and data. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { isTreeHash } from "../../store/tree.ts";
import type { PipelineFile } from "../definition/load.ts";
import { isUrl, lockFileOf, pathKey } from "../paths.ts";
import type { DataStage } from "./data-stage.ts";
import type { FileSource, SourceFile } from "./file-source.ts";
import { Kept, type Remembering } from "./kept.ts";
import {
  type DependencyState,
  dataStates,
  type LockedStages,
  legacyPaths,
  noStages,
  type OutputState,
  readLockStates,
  unknownData,
} from "./lock-states.ts";
import type { ReadData, ReadFile } from "./pipeline-file.ts";
import type { DataValues } from "./tracked-values.ts";

/** A pipeline file that can be read. */
export type SoundFile = Exclude<ReadFile, { readonly kind: "broken" }>;

/** A parameters file with the keys that stages track; null: all of it. */
export interface TrackedParams {
  readonly file: string;
  readonly keys: readonly string[] | null;
}

export interface TakenValues {
  readonly file: string;
  readonly values: ReadonlyMap<string, Value>;
}

/** Which files a pipeline file makes a project track; paths relative to the project. */
export interface TrackedFiles {
  readonly stageParams: readonly TrackedParams[];
  /** Named at the top of dvc.yaml. */
  readonly topParams: readonly string[];
  /** What templates take from parameter files, by dotted key. */
  readonly takenValues: readonly TakenValues[];
  /** Of stages, and named at the top. */
  readonly metrics: readonly string[];
}

/** What lock files and .dvc files record of data; paths relative to the project. */
export interface RecordedData {
  readonly deps: readonly (readonly [string, DependencyState])[];
  readonly outs: readonly (readonly [string, OutputState])[];
  /** Hashes of the outputs that the cache keeps, metrics too: where their data lie in it. */
  readonly cached: readonly (readonly [string, string])[];
  /** The outputs whose data is kept in the cache and may be pushed. */
  readonly stored: readonly RemoteObject[];
}

interface StagePaths {
  readonly name: string;
  readonly deps: readonly { readonly key: string; readonly lockPath: string }[];
  readonly outs: readonly {
    readonly key: string;
    readonly lockPath: string;
    readonly kind: string;
    readonly cache: boolean;
    readonly push: boolean;
    readonly remote: string | undefined;
  }[];
}

interface Definition {
  readonly tracked: TrackedFiles;
  readonly stages: readonly StagePaths[];
}

/** As DVC's tables name it, which take it for a path: `http:/host/file`. */
function urlKey(address: string): string {
  return withoutCredentials(address).replace("://", ":/");
}

function define(root: string, pipeline: PipelineFile): Definition {
  const key = (folder: string, name: string) =>
    isUrl(name) ? urlKey(name) : pathKey(root, path.resolve(folder, name));
  const { stages, folder } = pipeline;
  const tracked = {
    stageParams: stages.flatMap((stage) =>
      stage.params.map(({ file, keys }) => ({ file: key(stage.workingFolder, file), keys })),
    ),
    topParams: pipeline.params.map((name) => key(folder, name)),
    takenValues: stages.flatMap(({ takenValues = new Map<string, ReadonlyMap<string, Value>>() }) =>
      [...takenValues].map(([file, values]) => ({ file: pathKey(root, file), values })),
    ),
    metrics: [
      ...stages.flatMap((stage) =>
        stage.outs.filter(({ kind }) => kind === "metric").map((out) => key(stage.workingFolder, out.path)),
      ),
      ...pipeline.metrics.map((name) => key(folder, name)),
    ],
  };
  const stagePaths = stages.map((stage) => ({
    name: stage.name,
    deps: stage.deps.map((name) => ({ key: key(stage.workingFolder, name), lockPath: name })),
    outs: stage.outs.map((out) => ({
      key: key(stage.workingFolder, out.path),
      lockPath: out.path,
      kind: out.kind,
      cache: out.cache,
      push: out.push !== false,
      remote: out.remote,
    })),
  }));
  return { tracked, stages: stagePaths };
}

/** What pipeline files say of parameters, metrics and data. What many projects share is worked out once. */
export class PipelineParts {
  private readonly definitions = new WeakMap<PipelineFile, Definition>();
  private readonly dataSources = new WeakMap<DataStage, RecordedData>();
  private readonly locks: Kept<LockedStages>;

  constructor(
    private readonly values: DataValues,
    remembering: Remembering,
  ) {
    this.locks = new Kept(remembering);
  }

  tracked(root: string, files: readonly SoundFile[]): TrackedFiles {
    const parts = files.flatMap((read) =>
      read.kind === "pipeline" ? [this.definition(root, read.pipeline).tracked] : [],
    );
    return {
      stageParams: parts.flatMap((part) => part.stageParams),
      topParams: parts.flatMap((part) => part.topParams),
      takenValues: parts.flatMap((part) => part.takenValues),
      metrics: parts.flatMap((part) => part.metrics),
    };
  }

  /** @param locks by lock file */
  recorded(root: string, files: readonly SoundFile[], locks: ReadonlyMap<string, LockedStages>): RecordedData {
    const parts = files.map((read) => {
      if (read.kind === "data") return this.dataSource(read);
      return withLock(this.definition(root, read.pipeline), locks.get(lockFileOf(read.file)) ?? noStages);
    });
    return {
      deps: parts.flatMap((part) => part.deps),
      outs: parts.flatMap((part) => part.outs),
      cached: parts.flatMap((part) => part.cached),
      stored: parts.flatMap((part) => part.stored),
    };
  }

  /** Errors: PIPELINE_FILE_INVALID. Throws NotLoaded. */
  lockedStages(source: FileSource, lockFile: string): LockedStages {
    const answer = source.find(lockFile);
    if (answer.kind !== "file") return noStages;
    return this.locks.of(lockFile, answer.id, () =>
      readLockStates(Buffer.from(answer.bytes).toString(), () => this.parse(lockFile, answer)),
    );
  }

  private definition(root: string, pipeline: PipelineFile): Definition {
    const definition = this.definitions.get(pipeline) ?? define(root, pipeline);
    this.definitions.set(pipeline, definition);
    return definition;
  }

  private dataSource({ file, data }: ReadData): RecordedData {
    const part = this.dataSources.get(data) ?? dataSourcePart(file, data.value);
    this.dataSources.set(data, part);
    return part;
  }

  private parse(lockFile: string, answer: SourceFile): Value {
    try {
      return this.values.read(lockFile, answer) ?? null;
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      throw new SweeplineError({ code: "PIPELINE_FILE_INVALID", message: error.message });
    }
  }
}

/** The size of a folder is that of its files: its list has none that is known. */
function storedObject(
  { hash, size }: DependencyState,
  facts: { readonly remote: string | undefined; readonly isLegacy: boolean },
): readonly RemoteObject[] {
  if (hash === null) return [];
  const placed = { md5: hash, remote: facts.remote, ...(facts.isLegacy ? { layout: "legacy" as const } : {}) };
  return [size === null || isTreeHash(hash) ? placed : { ...placed, size }];
}

function withLock({ stages }: Definition, locked: LockedStages): RecordedData {
  const deps: [string, DependencyState][] = [];
  const outs: [string, OutputState][] = [];
  const cached: [string, string][] = [];
  const stored: RemoteObject[] = [];
  for (const stage of stages) {
    const lock = locked.get(stage.name);
    for (const { key, lockPath } of stage.deps) deps.push([key, lock?.deps.get(lockPath) ?? unknownData]);
    for (const { key, lockPath, kind, cache, push, remote } of stage.outs) {
      const state = lock?.outs.get(lockPath) ?? unknownData;
      if (cache && state.hash !== null) cached.push([key, state.hash]);
      if (cache && push)
        stored.push(...storedObject(state, { remote, isLegacy: lock?.legacyOuts?.has(lockPath) === true }));
      if (kind === "out") outs.push([key, { ...state, useCache: cache, isDataSource: false }]);
    }
  }
  return { deps, outs, cached, stored };
}

/** A .dvc file: data that somebody added or imported. Its parts from other repositories are no dependencies here. */
function dataSourcePart(file: string, data: ValueMap): RecordedData {
  const wdir = data.get("wdir");
  const folder = path.posix.join(path.posix.dirname(file), typeof wdir === "string" ? wdir : ".");
  const key = (name: string) => (isUrl(name) ? urlKey(name) : path.posix.join(folder, name));
  const flags = new Map(
    (isList(data.get("outs")) ? (data.get("outs") as readonly Value[]) : []).map((out) => [
      isMap(out) ? out.get("path") : null,
      out,
    ]),
  );
  const isOff = (name: string, flag: "cache" | "push") => {
    const out = flags.get(name);
    return isMap(out) && out.get(flag) === false;
  };
  const remoteOf = (name: string) => {
    const out = flags.get(name);
    const remote = isMap(out) ? out.get("remote") : undefined;
    return typeof remote === "string" ? remote : undefined;
  };
  const deps = isList(data.get("deps")) ? (data.get("deps") as readonly Value[]) : [];
  const ownDeps = deps.filter((dep) => isMap(dep) && !["repo", "db", "dataset"].some((kind) => dep.has(kind)));
  const outs = [...dataStates(data.get("outs"))];
  const legacy = legacyPaths(data.get("outs"));
  return {
    deps: [...dataStates(ownDeps)].map(([name, state]) => [key(name), state]),
    outs: outs.map(([name, state]) => [key(name), { ...state, useCache: !isOff(name, "cache"), isDataSource: true }]),
    cached: outs.flatMap(([name, { hash }]) => (hash === null || isOff(name, "cache") ? [] : [[key(name), hash]])),
    // What another repository keeps is fetched from there.
    stored: deps.some((dep) => isMap(dep) && dep.has("repo"))
      ? []
      : outs.flatMap(([name, state]) =>
          isOff(name, "cache") || isOff(name, "push")
            ? []
            : storedObject(state, { remote: remoteOf(name), isLegacy: legacy.has(name) }),
        ),
  };
}
