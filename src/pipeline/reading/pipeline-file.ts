/** One pipeline file of a source, parsed once for each content of it and of the files that its templates read. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import type { Value, ValueMap } from "../../base/value.ts";
import type { Project } from "../../project/project.ts";
import { Templates } from "../definition/fill.ts";
import { type PipelineFile, parsePipelineFile } from "../definition/load.ts";
import { pathKey } from "../paths.ts";
import type { Stage } from "../types.ts";
import { buildDataStage, type DataStage } from "./data-stage.ts";
import type { FileAnswer, FileSource, FoundPipelineFile, SourceFile } from "./file-source.ts";
import { Kept, type Outcome, outcomeOf, type Remembering, valueOrThrow } from "./kept.ts";
import type { DataValues } from "./tracked-values.ts";

export interface ProjectPlace {
  /** In whose place the source's files stand. */
  readonly project: Project;
  readonly source: FileSource;
}

export interface ReadPipeline {
  readonly kind: "pipeline";
  readonly file: string;
  readonly pipeline: PipelineFile;
  /** Its stages' outputs, relative to the project's root. */
  readonly outputs: readonly string[];
}

export interface ReadData {
  readonly kind: "data";
  readonly file: string;
  readonly data: DataStage;
  readonly outputs: readonly string[];
}

/** A pipeline file of a project: what it says, or why that can't be read. */
export type ReadFile =
  | ReadPipeline
  | ReadData
  | { readonly kind: "broken"; readonly file: string; readonly problem: SweeplineError };

/** Definitions of one dvc.yaml by the contents of the files that its templates read. */
interface Variant {
  readonly read: readonly string[];
  readonly byContent: Map<string, Outcome<ReadPipeline>>;
}

/** What a reading depends on; undefined for content that nothing is kept of. */
function idOf(answer: FileAnswer): string | undefined {
  return answer.kind === "file" ? answer.id : answer.kind;
}

function known(variants: readonly Variant[], source: FileSource): Outcome<ReadPipeline> | undefined {
  for (const { read, byContent } of variants) {
    const outcome = byContent.get(read.map((file) => idOf(source.find(file)) ?? "").join("\n"));
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

type Seen = ReadonlyMap<string, string | undefined>;

function remember(variants: Variant[], seen: Seen, outcome: Outcome<ReadPipeline>): void {
  const read = [...seen.keys()];
  const content = [...seen.values()].join("\n");
  const same = variants.find((variant) => variant.read.join("\n") === read.join("\n"));
  if (same !== undefined) same.byContent.set(content, outcome);
  else variants.push({ read, byContent: new Map([[content, outcome]]) });
}

function fileAt(source: FileSource, name: string): SourceFile {
  const answer = source.find(name);
  if (answer.kind === "file") return answer;
  throw new SweeplineError({ code: "STAGE_FILE_MISSING", message: `'${name}' does not exist` });
}

function outputsOf(root: string, stages: readonly Stage[]): readonly string[] {
  return stages.flatMap((stage) =>
    stage.outs.map((output) => pathKey(root, path.resolve(stage.workingFolder, output.path))),
  );
}

export interface PipelineFileReader {
  /** What a pipeline file says at a place. Throws NotLoaded, and what is no expected failure. */
  read(found: FoundPipelineFile, place: ProjectPlace): ReadFile;
}

/** Keeps what was read, by content: of one file the latest, or all. */
export function pipelineFileReader(values: DataValues, remembering: Remembering): PipelineFileReader {
  const sources = new Kept<ValueMap>(remembering);
  const variantsOf = new Kept<Variant[]>(remembering);
  const dataStages = new Kept<ReadData>(remembering);
  const templates = new Templates();

  /** A dvc.yaml with its templates resolved. Errors: PIPELINE_FILE_INVALID, those of templates. */
  function readPipeline(name: string, { project, source }: ProjectPlace): ReadPipeline {
    const { root } = project;
    const style = project.config.argumentStyle;
    const file = fileAt(source, name);
    const variants = variantsOf.of(`${root}\n${name}\n${style.bool} ${style.list}`, file.id, () => []);
    const before = known(variants, source);
    if (before !== undefined) return valueOrThrow(before);
    const seen = new Map<string, string | undefined>();
    const read = (absolute: string): Value | undefined => {
      const template = pathKey(root, absolute);
      const answer = source.find(template);
      seen.set(template, idOf(answer));
      return values.read(template, answer);
    };
    const outcome = outcomeOf((): ReadPipeline => {
      const pipeline = parsePipelineFile({ root, file: name, style }, file, { read, sources, templates });
      return { kind: "pipeline", file: name, pipeline, outputs: outputsOf(root, pipeline.stages) };
    });
    if (![...seen.values()].includes(undefined)) {
      if (remembering === "latest") variants.length = 0;
      remember(variants, seen, outcome);
    }
    return valueOrThrow(outcome);
  }

  /** Errors: DVC_FILE_INVALID, those of the YAML reader. */
  function readData(name: string, { project, source }: ProjectPlace): ReadData {
    const { root } = project;
    const file = fileAt(source, name);
    return dataStages.of(`${root}\n${name}`, file.id, () => {
      const data = buildDataStage({ root, file: name }, file.bytes);
      return { kind: "data", file: name, data, outputs: outputsOf(root, [data.stage]) };
    });
  }

  return {
    read({ file, kind }, place) {
      try {
        return kind === "pipeline" ? readPipeline(file, place) : readData(file, place);
      } catch (problem) {
        if (!(problem instanceof SweeplineError)) throw problem;
        return { kind: "broken", file, problem };
      }
    },
  };
}
