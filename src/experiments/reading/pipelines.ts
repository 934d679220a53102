/** The pipeline of one revision: its stages with what the lock file says of them. Files that revisions share are parsed once. */

import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { isList, isMap, type Value } from "../../base/value.ts";
import { type PipelineFile, parsePipelineFile } from "../../pipeline/definition/load.ts";
import { pathKey } from "../../pipeline/paths.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { isTreeHash } from "../../store/tree.ts";
import type { FileSource, SourceFile } from "./file-source.ts";
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
  /** Hashes of all outputs, metrics too: where their data lie in the cache. */
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

type Outcome<T> = { readonly value: T } | { readonly error: SweeplineError };

/** Definitions of one dvc.yaml by the contents of the files that its templates read. */
interface Variants {
  readonly read: readonly string[];
  readonly byContent: Map<string, Outcome<Definition>>;
}

function attempt<T>(make: () => T): Outcome<T> {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof SweeplineError) return { error };
    throw error;
  }
}

function valueOrThrow<T>(outcome: Outcome<T>): T {
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

function contentId(source: FileSource, file: string): string {
  const answer = source.find(file);
  return answer.kind === "file" ? answer.id : answer.kind;
}

export class Pipelines {
  private readonly definitions = new Map<string, Variants[]>();
  private readonly locks = new Map<string, Outcome<LockedStages>>();
  private readonly dataSources = new Map<string, Outcome<PipelinePart>>();

  constructor(
    private readonly root: string,
    private readonly files: DataFiles,
  ) {}

  /** What the pipeline file adds; "pending" before all files it needs are there. Throws where one is broken. */
  part(source: FileSource, file: string): PipelinePart | "pending" {
    const answer = source.find(file);
    if (answer.kind === "pending") return "pending";
    if (answer.kind !== "file") return emptyPart;
    return file.endsWith(".dvc") ? this.dataSource(file, answer) : this.pipeline(source, file, answer);
  }

  private pipeline(source: FileSource, file: string, content: SourceFile): PipelinePart | "pending" {
    const lockFile = path.posix.join(path.posix.dirname(file), "dvc.lock");
    const lock = source.find(lockFile);
    const definition = this.definition(source, file, content);
    if (definition === "pending" || lock.kind === "pending") return "pending";
    const locked = lock.kind === "file" ? this.lockedStages(lockFile, lock) : new Map();
    return withLock(definition, locked);
  }

  private definition(source: FileSource, file: string, content: SourceFile): Definition | "pending" {
    const key = `${file}\n${content.id}`;
    const variants = this.definitions.get(key) ?? [];
    this.definitions.set(key, variants);
    for (const { read, byContent } of variants) {
      const known = byContent.get(read.map((each) => contentId(source, each)).join("\n"));
      if (known !== undefined) return valueOrThrow(known);
    }
    const seen = new Map<string, string>();
    const outcome = attempt(() =>
      this.define(
        parsePipelineFile({ root: this.root, file }, content.bytes, (name) => this.template(source, name, seen)),
      ),
    );
    // A template file that is not there yet makes any outcome void: the next round asks again.
    if ([...seen.values()].includes("pending")) return "pending";
    remember(variants, seen, outcome);
    return valueOrThrow(outcome);
  }

  /** Values of a file that templates read, by absolute path. */
  private template(source: FileSource, absolute: string, seen: Map<string, string>): Value | undefined {
    const file = pathKey(this.root, absolute);
    const answer = source.find(file);
    seen.set(file, answer.kind === "file" ? answer.id : answer.kind);
    if (answer.kind !== "file") return undefined;
    const result = this.files.read(file, answer);
    if (result.kind === "error") throw new SweeplineError({ code: "TEMPLATE_FILE_INVALID", message: result.message });
    return result.data;
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
    if (known !== undefined) return valueOrThrow(known);
    const outcome = attempt(() => {
      const skimmed = skimLock(Buffer.from(content.bytes).toString());
      return skimmed ?? lockedStages(this.readYaml(file, content));
    });
    this.locks.set(content.id, outcome);
    return valueOrThrow(outcome);
  }

  private readYaml(file: string, content: SourceFile): Value {
    const result = this.files.read(`${file}.yaml`, content);
    if (result.kind === "error")
      throw new SweeplineError({
        code: "PIPELINE_FILE_INVALID",
        message: result.message.replaceAll(`${file}.yaml`, file),
      });
    return result.data;
  }

  private dataSource(file: string, content: SourceFile): PipelinePart {
    const key = `${file}\n${content.id}`;
    const known = this.dataSources.get(key);
    if (known !== undefined) return valueOrThrow(known);
    const outcome = attempt(() => dataSourcePart(file, this.readYaml(file, content)));
    this.dataSources.set(key, outcome);
    return valueOrThrow(outcome);
  }
}

function remember(variants: Variants[], seen: ReadonlyMap<string, string>, outcome: Outcome<Definition>): void {
  const read = [...seen.keys()];
  const content = [...seen.values()].join("\n");
  const same = variants.find((variant) => variant.read.join("\n") === read.join("\n"));
  if (same !== undefined) same.byContent.set(content, outcome);
  else variants.push({ read, byContent: new Map([[content, outcome]]) });
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
      if (state.hash !== null) cached.push([key, state.hash]);
      if (cache && push) stored.push(...storedObject(state, remote));
      if (kind === "out") outs.push([key, { ...state, useCache: cache, isDataSource: false }]);
    }
  }
  const { stageParams, topParams, takenValues, metrics } = definition;
  return { stageParams, topParams, takenValues, metrics, deps, outs, cached, stored };
}

/** A .dvc file: data that somebody added or imported. Its parts from other repositories are no dependencies here. */
function dataSourcePart(file: string, data: Value): PipelinePart {
  if (!isMap(data)) return emptyPart;
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
    cached: outs.flatMap(([name, { hash }]) => (hash === null ? [] : [[key(name), hash]])),
    // What another repository keeps is fetched from there.
    stored: deps.some((dep) => isMap(dep) && dep.has("repo"))
      ? []
      : outs.flatMap(([name, state]) =>
          isOff(name, "cache") || isOff(name, "push") ? [] : storedObject(state, remoteOf(name)),
        ),
  };
}
