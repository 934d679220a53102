/** What a project says at a place: its pipeline files, their stages, what is recorded of them, and what can't be read. */
import path from "node:path";
import type { SweeplineError } from "../../base/errors.ts";
import type { Project } from "../../project/project.ts";
import type { PipelineFile } from "../definition/load.ts";
import { buildGraph, type OutputTree, outputTree, type StageGraph } from "../graph/graph.ts";
import { lockFileOf } from "../paths.ts";
import type { Stage, StageAddress } from "../types.ts";
import type { DataStage } from "./data-stage.ts";
import { walkPipelineFiles } from "./file-source.ts";
import type { LockedStages } from "./lock-states.ts";
import { type ParamsReader, paramsReader } from "./params-reader.ts";
import type { ProjectPlace, ReadFile } from "./pipeline-file.ts";
import type { RecordedData, SoundFile, TrackedFiles } from "./pipeline-parts.ts";
import type { Readings } from "./readings.ts";

function stagesOf(read: ReadFile): readonly Stage[] {
  if (read.kind === "broken") return [];
  return read.kind === "data" ? [read.data.stage] : read.pipeline.stages;
}

function isSound(read: ReadFile): read is SoundFile {
  return read.kind !== "broken";
}

/** What is more than the files is worked out when it is first asked for. */
export class ProjectReading {
  readonly params: ParamsReader;
  private known: {
    stages?: readonly Stage[];
    pipelines?: readonly PipelineFile[];
    dataStages?: ReadonlyMap<StageAddress, DataStage>;
    byFile?: ReadonlyMap<string, readonly Stage[]>;
    named?: ReadonlyMap<string, Stage>;
    groups?: ReadonlyMap<string, readonly Stage[]>;
    outputs?: OutputTree;
    graph?: StageGraph;
    problems?: ReadonlyMap<string, SweeplineError>;
    tracked?: TrackedFiles;
    locks?: ReadonlyMap<string, LockedStages>;
    recorded?: RecordedData;
  } = {};

  /** @param files the pipeline files in the order of the walk */
  constructor(
    readonly place: ProjectPlace,
    readonly readings: Readings,
    readonly files: readonly ReadFile[],
  ) {
    this.params = paramsReader(place.project.root, place.source, readings);
  }

  get project(): Project {
    return this.place.project;
  }

  /** In the order of the walk. */
  get stages(): readonly Stage[] {
    this.known.stages ??= this.files.flatMap(stagesOf);
    return this.known.stages;
  }

  get pipelines(): readonly PipelineFile[] {
    this.known.pipelines ??= this.files.flatMap((read) => (read.kind === "pipeline" ? [read.pipeline] : []));
    return this.known.pipelines;
  }

  get dataStages(): ReadonlyMap<StageAddress, DataStage> {
    const data = () => this.files.flatMap((read) => (read.kind === "data" ? [read.data] : []));
    this.known.dataStages ??= new Map(data().map((each) => [each.stage.address, each]));
    return this.known.dataStages;
  }

  /** Of the files that can be read, by root-relative file. */
  get byFile(): ReadonlyMap<string, readonly Stage[]> {
    this.known.byFile ??= new Map(this.sound.map((read) => [read.file, stagesOf(read)]));
    return this.known.byFile;
  }

  /** By `<absolute dvc.yaml>:<name>`. */
  get named(): ReadonlyMap<string, Stage> {
    this.known.named ??= new Map(
      this.pipelines.flatMap((file) => file.stages.map((stage) => [this.key(file, stage.name), stage] as const)),
    );
    return this.known.named;
  }

  /** What a foreach or matrix entry stands for, by `<absolute dvc.yaml>:<group>`. */
  get groups(): ReadonlyMap<string, readonly Stage[]> {
    this.known.groups ??= new Map(
      this.pipelines.flatMap((file) => [...file.groups].map(([name, group]) => [this.key(file, name), group] as const)),
    );
    return this.known.groups;
  }

  get outputs(): OutputTree {
    this.known.outputs ??= outputTree(this.project.root, this.stages);
    return this.known.outputs;
  }

  /** Errors: OUTPUT_DUPLICATE, OUTPUT_OVERLAP, STAGE_INSIDE_OUTPUT, STAGE_CYCLE. */
  get graph(): StageGraph {
    this.known.graph ??= buildGraph(this.outputs, this.stages);
    return this.known.graph;
  }

  /** Files that can't be read, and why. */
  get problems(): ReadonlyMap<string, SweeplineError> {
    this.known.problems ??= new Map(
      this.files.flatMap((read) => (read.kind === "broken" ? [[read.file, read.problem] as const] : [])),
    );
    return this.known.problems;
  }

  /** Parameters and metrics that the files name: a table shows them, a stage depends on them. */
  get tracked(): TrackedFiles {
    this.known.tracked ??= this.readings.parts.tracked(this.project.root, this.sound);
    return this.known.tracked;
  }

  /** What lock files say of the stages' data, by lock file. Errors: PIPELINE_FILE_INVALID. Throws NotLoaded. */
  get locks(): ReadonlyMap<string, LockedStages> {
    const { source } = this.place;
    this.known.locks ??= new Map(
      this.pipelines
        .map(({ file }) => lockFileOf(file))
        .map((file) => [file, this.readings.parts.lockedStages(source, file)]),
    );
    return this.known.locks;
  }

  /** What lock files and .dvc files record of dependencies and outputs. Errors: as `locks`. */
  get recorded(): RecordedData {
    this.known.recorded ??= this.readings.parts.recorded(this.project.root, this.sound, this.locks);
    return this.known.recorded;
  }

  private get sound(): readonly SoundFile[] {
    return this.files.filter(isSound);
  }

  private key(pipeline: PipelineFile, name: string): string {
    return `${path.join(this.project.root, pipeline.file)}:${name}`;
  }
}

/** Finds and reads all pipeline files. What can't be read is a problem of that file alone. Throws NotLoaded: see `whenLoaded`. */
export function readProject(place: ProjectPlace, readings: Readings): ProjectReading {
  const { source } = place;
  const files: ReadFile[] = [];
  walkPipelineFiles(source, (found) => {
    const read = readings.pipelineFiles.read(found, place);
    files.push(read);
    return read.kind === "broken" ? [] : read.outputs;
  });
  return new ProjectReading(place, readings, files);
}
