/** The pipeline of one revision: its stages with what the lock file says of them. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import type { PipelineFile } from "../../pipeline/definition/load.ts";
import { pathKey } from "../../pipeline/paths.ts";
import type { DataStage } from "../../pipeline/reading/data-stage.ts";
import type { FileSource, SourceFile } from "../../pipeline/reading/file-source.ts";
import type { ReadData, ReadFile, ReadPipeline } from "../../pipeline/reading/pipeline-file.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { isTreeHash } from "../../store/tree.ts";
import { dataStates, type LockedStages, lockedStages, skimLock, unknownData } from "./lock-states.ts";
import type { DependencyState, OutputState } from "./types.ts";
import type { DataFiles } from "./values.ts";

/** A parameters file with the keys that stages track; null: all of it. */
export interface TrackedParams {
  readonly file: string;
  readonly keys: readonly string[] | null;
}

export interface TakenValues {
  readonly file: string;
  readonly values: ReadonlyMap<string, Value>;
}

/** What one pipeline file adds to an experiment; paths relative to the project. */
export interface PipelinePart {
  readonly stageParams: readonly TrackedParams[];
  /** Named at the top of dvc.yaml. */
  readonly topParams: readonly string[];
  /** What templates take from parameter files, by dotted key. */
  readonly takenValues: readonly TakenValues[];
  readonly metrics: readonly string[];
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

/** The parts of a dvc.yaml that do not depend on its lock file. */
interface Definition {
  readonly stageParams: readonly TrackedParams[];
  readonly topParams: readonly string[];
  readonly takenValues: readonly TakenValues[];
  readonly metrics: readonly string[];
  readonly stages: readonly StagePaths[];
}

/** The lock file of a dvc.yaml. */
export function lockBeside(file: string): string {
  return path.posix.join(path.posix.dirname(file), "dvc.lock");
}

/** What pipeline files say of parameters and data. Lock files that revisions share are parsed once. */
export class Pipelines {
  private readonly definitions = new WeakMap<PipelineFile, Definition>();
  private readonly locks = new Map<string | undefined, LockedStages>();
  private readonly dataSources = new WeakMap<DataStage, PipelinePart>();

  constructor(
    private readonly root: string,
    private readonly files: DataFiles,
  ) {}

  /** What a pipeline file of the source adds. Throws where it is broken, or its lock file. */
  part(source: FileSource, read: ReadFile): PipelinePart {
    if (read.kind === "broken") throw read.problem;
    return read.kind === "data" ? this.dataSource(read) : this.pipeline(source, read);
  }

  private pipeline(source: FileSource, { file, pipeline }: ReadPipeline): PipelinePart {
    const lockFile = lockBeside(file);
    const lock = source.find(lockFile);
    const definition = this.definitions.get(pipeline) ?? this.define(pipeline);
    this.definitions.set(pipeline, definition);
    return withLock(definition, lock.kind === "file" ? this.lockedStages(lockFile, lock) : new Map());
  }

  private define(pipeline: PipelineFile): Definition {
    const key = (folder: string, name: string) => pathKey(this.root, path.resolve(folder, name));
    const { stages, folder } = pipeline;
    return {
      stageParams: stages.flatMap((stage) =>
        stage.params.map(({ file, keys }) => ({ file: key(stage.workingFolder, file), keys })),
      ),
      topParams: pipeline.params.map((name) => key(folder, name)),
      takenValues: stages.flatMap(({ takenValues = new Map<string, ReadonlyMap<string, Value>>() }) =>
        [...takenValues].map(([file, values]) => ({ file: pathKey(this.root, file), values })),
      ),
      metrics: [
        ...stages.flatMap((stage) =>
          stage.outs.filter(({ kind }) => kind === "metric").map((out) => key(stage.workingFolder, out.path)),
        ),
        ...pipeline.metrics.map((name) => key(folder, name)),
      ],
      stages: stages.map((stage) => ({
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
      })),
    };
  }

  private lockedStages(file: string, content: SourceFile): LockedStages {
    const known = this.locks.get(content.id);
    if (known !== undefined) return known;
    const locked = skimLock(Buffer.from(content.bytes).toString()) ?? lockedStages(this.readYaml(file, content));
    this.locks.set(content.id, locked);
    return locked;
  }

  private readYaml(file: string, content: SourceFile): Value {
    const result = this.files.whole(file, content);
    if (result.kind === "error") throw new SweeplineError({ code: "PIPELINE_FILE_INVALID", message: result.message });
    return result.data;
  }

  private dataSource({ file, data }: ReadData): PipelinePart {
    const part = this.dataSources.get(data) ?? dataSourcePart(file, data.value);
    this.dataSources.set(data, part);
    return part;
  }
}

const emptyPart: PipelinePart = {
  stageParams: [],
  topParams: [],
  takenValues: [],
  metrics: [],
  deps: [],
  outs: [],
  cached: [],
  stored: [],
};

/** The size of a folder is that of its files: its list has none that is known. */
function storedObject({ hash, size }: DependencyState, remote: string | undefined): readonly RemoteObject[] {
  if (hash === null) return [];
  return [size === null || isTreeHash(hash) ? { md5: hash, remote } : { md5: hash, remote, size }];
}

function withLock(definition: Definition, locked: LockedStages): PipelinePart {
  const deps: [string, DependencyState][] = [];
  const outs: [string, OutputState][] = [];
  const cached: [string, string][] = [];
  const stored: RemoteObject[] = [];
  for (const stage of definition.stages) {
    const lock = locked.get(stage.name);
    for (const { key, lockPath } of stage.deps) deps.push([key, lock?.deps.get(lockPath) ?? unknownData]);
    for (const { key, lockPath, kind, cache, push, remote } of stage.outs) {
      const state = lock?.outs.get(lockPath) ?? unknownData;
      if (cache && state.hash !== null) cached.push([key, state.hash]);
      if (cache && push) stored.push(...storedObject(state, remote));
      if (kind === "out") outs.push([key, { ...state, useCache: cache, isDataSource: false }]);
    }
  }
  const { stageParams, topParams, takenValues, metrics } = definition;
  return { stageParams, topParams, takenValues, metrics, deps, outs, cached, stored };
}

/** A .dvc file: data that somebody added or imported. Its parts from other repositories are no dependencies here. */
function dataSourcePart(file: string, data: ValueMap): PipelinePart {
  const wdir = data.get("wdir");
  const folder = path.posix.join(path.posix.dirname(file), typeof wdir === "string" ? wdir : ".");
  const key = (name: string) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(name) ? name : path.posix.join(folder, name));
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
  return {
    ...emptyPart,
    deps: [...dataStates(ownDeps)].map(([name, state]) => [key(name), state]),
    outs: outs.map(([name, state]) => [key(name), { ...state, useCache: !isOff(name, "cache"), isDataSource: true }]),
    cached: outs.flatMap(([name, { hash }]) => (hash === null || isOff(name, "cache") ? [] : [[key(name), hash]])),
    // What another repository keeps is fetched from there.
    stored: deps.some((dep) => isMap(dep) && dep.has("repo"))
      ? []
      : outs.flatMap(([name, state]) =>
          isOff(name, "cache") || isOff(name, "push") ? [] : storedObject(state, remoteOf(name)),
        ),
  };
}
