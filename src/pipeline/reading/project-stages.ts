/** All stages of a project: those of every dvc.yaml, and the .dvc files. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { traced } from "../../base/trace/trace.ts";
import type { Project } from "../../project/project.ts";
import { loadPipelineFile, type PipelineFile } from "../definition/load.ts";
import { buildGraph, type OutputTree, outputTree, type StageGraph } from "../graph/graph.ts";
import type { Stage, StageAddress } from "../types.ts";
import { type DataStage, loadDataStage } from "./data-stage.ts";
import { type FoundPipelineFile, findPipelineFiles } from "./find-files.ts";
import { type ParamsReader, ParserNeeded, paramsReader } from "./params-reader.ts";

export interface ProjectStages {
  readonly project: Project;
  readonly params: ParamsReader;
  /** In the order of the walk. */
  readonly stages: readonly Stage[];
  readonly pipelines: readonly PipelineFile[];
  readonly dataStages: ReadonlyMap<StageAddress, DataStage>;
  /** By root-relative file. */
  readonly byFile: ReadonlyMap<string, readonly Stage[]>;
  /** By `<absolute dvc.yaml>:<name>`. */
  readonly named: ReadonlyMap<string, Stage>;
  /** What a foreach or matrix entry stands for, by `<absolute dvc.yaml>:<group>`. */
  readonly groups: ReadonlyMap<string, readonly Stage[]>;
  readonly outputs: OutputTree;
  readonly graph: StageGraph;
  /** Files that can't be read, where they are left out. */
  readonly broken: ReadonlyMap<string, SweeplineError>;
}

export interface LoadOptions {
  /** Default: "walk". */
  readonly files?: PipelineFiles;
  readonly params?: ParamsReader;
  /** What becomes of files that can't be read; default: "refuse". */
  readonly broken?: "refuse" | "leave-out";
}

interface Collected {
  readonly pipelines: PipelineFile[];
  readonly dataStages: Map<StageAddress, DataStage>;
  readonly byFile: Map<string, readonly Stage[]>;
  readonly broken: Map<string, SweeplineError>;
}

function load(project: Project, params: ParamsReader, found: FoundPipelineFile, all: Collected): readonly Stage[] {
  const location = { root: project.root, file: found.file };
  if (found.kind === "data") {
    const data = loadDataStage(location);
    all.dataStages.set(data.stage.address, data);
    return [data.stage];
  }
  const pipeline = loadPipelineFile({ ...location, style: project.config.argumentStyle }, params.read);
  all.pipelines.push(pipeline);
  return pipeline.stages;
}

/** Walks the project, or visits files that are known already. */
export type PipelineFiles = "walk" | readonly FoundPipelineFile[];

function collect(project: Project, params: ParamsReader, { files = "walk", broken }: LoadOptions): Collected {
  const all: Collected = { pipelines: [], dataStages: new Map(), byFile: new Map(), broken: new Map() };
  const loaded = (found: FoundPipelineFile) => {
    try {
      return load(project, params, found, all);
    } catch (error) {
      if (broken !== "leave-out" || !(error instanceof SweeplineError)) throw error;
      all.broken.set(found.file, error);
      return [];
    }
  };
  const visit = (found: FoundPipelineFile) => {
    const stages = loaded(found);
    if (!all.broken.has(found.file)) all.byFile.set(found.file, stages);
    return stages.flatMap((stage) => stage.outs.map((output) => path.resolve(stage.workingFolder, output.path)));
  };
  if (files === "walk") findPipelineFiles(project, visit);
  else for (const file of files) visit(file);
  return all;
}

/** Templates may read a file whose parser is not loaded yet: then it is loaded and the walk begins anew. */
async function collectPrepared(project: Project, params: ParamsReader, options: LoadOptions): Promise<Collected> {
  for (;;)
    try {
      return collect(project, params, options);
    } catch (error) {
      if (!(error instanceof ParserNeeded)) throw error;
      await params.prepare([error.file]);
    }
}

function paramsFiles(stages: readonly Stage[]): string[] {
  return stages.flatMap((stage) => stage.params.map((params) => params.file));
}

/**
 * Finds (or takes as known) and reads all pipeline files and makes the graph of their stages. Errors: those of a broken file, OUTPUT_DUPLICATE,
 * OUTPUT_OVERLAP, STAGE_INSIDE_OUTPUT, STAGE_CYCLE.
 */
export function loadProjectStages(project: Project, options: LoadOptions = {}): Promise<ProjectStages> {
  const detail = (loaded: ProjectStages | undefined) => `${loaded?.stages.length} stages of ${project.root}`;
  return traced<Promise<ProjectStages>>({ topic: "stages", name: "load", detail }, () => loadStages(project, options));
}

async function loadStages(project: Project, options: LoadOptions): Promise<ProjectStages> {
  const { params = paramsReader(project.root) } = options;
  const { pipelines, dataStages, byFile, broken } = await collectPrepared(project, params, options);
  const stages = [...byFile.values()].flat();
  await params.prepare(paramsFiles(stages));
  const key = (pipeline: PipelineFile, name: string) => `${path.join(project.root, pipeline.file)}:${name}`;
  const outputs = outputTree(project.root, stages);
  return {
    project,
    params,
    stages,
    pipelines,
    dataStages,
    byFile,
    named: new Map(pipelines.flatMap((file) => file.stages.map((stage) => [key(file, stage.name), stage] as const))),
    groups: new Map(
      pipelines.flatMap((file) => [...file.groups].map(([name, group]) => [key(file, name), group] as const)),
    ),
    outputs,
    graph: buildGraph(outputs, stages),
    broken,
  };
}
