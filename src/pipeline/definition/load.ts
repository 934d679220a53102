/** One dvc.yaml with its stages, templates resolved. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import type { ArgumentStyle } from "../../project/project.ts";
import type { Stage } from "../types.ts";
import type { ReadTemplateFile } from "./context.ts";
import { type DefinitionSource, expandDefinitions, templateProblems } from "./expand.ts";
import { type PipelineSource, readPipelineSource } from "./source.ts";
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

interface KnownFile {
  readonly text: string;
  readonly style: string | undefined;
  /** What templates read, as it was then. */
  readonly read: ReadonlyMap<string, Value | undefined>;
  readonly pipeline: PipelineFile;
}

/** Files by absolute path: a worker reads the same workspace copy again and again. */
const known = new Map<string, KnownFile>();
const knownLimit = 256;

function styleOf({ style }: PipelineLocation): { readonly style?: ArgumentStyle } {
  return style === undefined ? {} : { style };
}

function textList(value: Value | undefined): string[] {
  return isList(value) ? value.map(asText) : [];
}

function definitionsOf(location: PipelineLocation, source: PipelineSource, read: ReadTemplateFile): DefinitionSource {
  return { ...source, folder: path.join(location.root, path.dirname(location.file)), read, ...styleOf(location) };
}

function readSource(location: PipelineLocation, bytes: Uint8Array, read: ReadTemplateFile): PipelineSource {
  return readPipelineSource(location.file, bytes, (source) => templateProblems(definitionsOf(location, source, read)));
}

function build(location: PipelineLocation, source: PipelineSource, read: ReadTemplateFile): PipelineFile {
  const definitions = definitionsOf(location, source, read);
  const { folder } = definitions;
  const expanded = expandDefinitions(definitions);
  const stages = expanded.stages.map(({ name, definition, shellHazards, templateValues, takenValues }) => ({
    ...stageOf({ file: location.file, folder, name }, definition),
    ...(shellHazards.length === 0 ? {} : { shellHazards }),
    ...(templateValues.size === 0 ? {} : { templateValues }),
    ...(takenValues.size === 0 ? {} : { takenValues }),
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

/**
 * Reads a dvc.yaml; `read` gives the values of a parameter file (absolute path). A file that did not change since the last
 * call is not parsed again. Errors: STAGE_FILE_MISSING, PIPELINE_FILE_INVALID, those of templates.
 */
export function loadPipelineFile(location: PipelineLocation, read: ReadTemplateFile): PipelineFile {
  const absolute = path.join(location.root, location.file);
  const bytes = readIfExists(absolute);
  if (bytes === undefined)
    throw new SweeplineError({ code: "STAGE_FILE_MISSING", message: `'${location.file}' does not exist` });
  const source = readSource(location, bytes, read);
  const before = known.get(absolute);
  const style = JSON.stringify(location.style);
  if (
    before?.text === source.text &&
    before.style === style &&
    [...before.read].every(([file, value]) => read(file) === value)
  )
    return before.pipeline;
  const seen = new Map<string, Value | undefined>();
  const pipeline = build(location, source, (file) => {
    const value = read(file);
    seen.set(file, value);
    return value;
  });
  if (known.size >= knownLimit) known.clear();
  known.set(absolute, { text: source.text, style, read: seen, pipeline });
  return pipeline;
}

/** A dvc.yaml whose bytes are at hand (of a commit, say); nothing is remembered. Errors: PIPELINE_FILE_INVALID, those of templates. */
export function parsePipelineFile(location: PipelineLocation, bytes: Uint8Array, read: ReadTemplateFile): PipelineFile {
  return build(location, readSource(location, bytes, read), read);
}
