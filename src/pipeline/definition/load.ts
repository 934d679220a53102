/** One dvc.yaml with its stages, templates resolved. */
import path from "node:path";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import type { ArgumentStyle } from "../../project/project.ts";
import type { Stage } from "../types.ts";
import type { ReadTemplateFile } from "./context.ts";
import { type DefinitionSource, expandDefinitions, templateProblems } from "./expand.ts";
import type { Templates } from "./fill.ts";
import { type FileContent, type KeptSources, type PipelineSource, readPipelineSource } from "./source.ts";
import { asText, stageOf } from "./stage.ts";

/** A dvc.yaml. */
export interface PipelineFile {
  /** Relative to the project's root, "/" as separator. */
  readonly file: string;
  /** Absolute. */
  readonly folder: string;
  /** In the order of the file, those of foreach and matrix in the order of their data. */
  readonly stages: readonly Stage[];
  /** The stages that a foreach or matrix entry stands for. */
  readonly groups: ReadonlyMap<string, readonly Stage[]>;
  /** Top-level lists, relative to the folder of the file. */
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  readonly plots: readonly Value[];
  readonly artifacts: ValueMap;
}

export interface PipelineLocation {
  /** The project's root. */
  readonly root: string;
  /** dvc.yaml's path relative to it. */
  readonly file: string;
  /** How a mapping in a command becomes arguments; default: DVC's default. */
  readonly style?: ArgumentStyle;
}

/** What a reading takes and keeps. */
export interface PipelineReading {
  /** The values of a parameter file (absolute path). */
  readonly read: ReadTemplateFile;
  /** The data of files, before templates are resolved. */
  readonly sources: KeptSources;
  readonly templates: Templates;
}

/** Of a file whose data are known. */
type Resolving = Omit<PipelineReading, "sources">;

function styleOf({ style }: PipelineLocation): { readonly style?: ArgumentStyle } {
  return style === undefined ? {} : { style };
}

function textList(value: Value | undefined): string[] {
  return isList(value) ? value.map(asText) : [];
}

function definitionsOf(location: PipelineLocation, source: PipelineSource, resolving: Resolving): DefinitionSource {
  const folder = path.join(location.root, path.dirname(location.file));
  return { ...source, folder, ...resolving, ...styleOf(location) };
}

function build(location: PipelineLocation, source: PipelineSource, resolving: Resolving): PipelineFile {
  const definitions = definitionsOf(location, source, resolving);
  const { folder } = definitions;
  const expanded = expandDefinitions(definitions);
  const stages = expanded.stages.map(({ name, definition, shellHazards, hiddenVars, ...values }) => ({
    ...stageOf({ root: location.root, file: location.file, folder, name }, definition),
    ...(shellHazards.length === 0 ? {} : { shellHazards }),
    ...(hiddenVars.length === 0 ? {} : { hiddenVars }),
    ...(values.templateValues.size === 0 ? {} : { templateValues: values.templateValues }),
    ...(values.takenValues.size === 0 ? {} : { takenValues: values.takenValues }),
  }));
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const groups = [...expanded.groups].map(
    ([group, names]) => [group, names.flatMap((name) => byName.get(name) ?? [])] as const,
  );
  const { artifacts, plots } = expanded.top;
  return {
    file: location.file,
    folder,
    stages,
    groups: new Map(groups),
    params: textList(expanded.top.params),
    metrics: textList(expanded.top.metrics),
    plots: isList(plots) ? plots : [],
    artifacts: isMap(artifacts) ? artifacts : new Map(),
  };
}

/** Reads a dvc.yaml. Errors: PIPELINE_FILE_INVALID, those of templates and of `read`. */
export function parsePipelineFile(
  location: PipelineLocation,
  content: FileContent,
  { sources, ...resolving }: PipelineReading,
): PipelineFile {
  const problems = (source: PipelineSource) => templateProblems(definitionsOf(location, source, resolving));
  return build(location, readPipelineSource(location.file, content, { sources, problems }), resolving);
}
