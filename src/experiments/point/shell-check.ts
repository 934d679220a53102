/** Before points are queued or run: which of their values a shell would misread in a stage's command. */
import path from "node:path";
import { whenLoaded } from "../../base/not-loaded.ts";
import { isList, isMap, type Value } from "../../base/value.ts";
import { hazardText, refuseHazards } from "../../pipeline/check/shell-check.ts";
import { shellHazards } from "../../pipeline/definition/shell-hazards.ts";
import { pathKey } from "../../pipeline/paths.ts";
import { type FileSource, laidOver } from "../../pipeline/reading/file-source.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import { planOfRun } from "../../pipeline/reproduce/plan.ts";
import { type KeptOptions, runOptionsFrom } from "../../pipeline/run-options.ts";
import type { Stage, StageAddress } from "../../pipeline/types.ts";
import type { Point } from "../../sweep/types.ts";
import type { PointInputs } from "./point-inputs.ts";

export interface ShellCheckRequest {
  readonly inputs: PointInputs;
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
}

function isRisky(value: Value | undefined): boolean {
  if (typeof value === "string") return shellHazards("", value).length > 0;
  if (isList(value)) return value.some(isRisky);
  return isMap(value) && [...value].some(([key, item]) => isRisky(key) || isRisky(item));
}

/** All points where parameters are composed; else those that bring in such a character themselves. */
function riskyPoints({ points, configs }: PointInputs): readonly Point[] {
  if (configs !== undefined) return points;
  return points.filter(({ overrides }) => overrides.some(({ edit }) => isRisky(edit.value)));
}

/** The pipeline files that hold templates. */
function filesWithTemplates({ pipelines, place }: ProjectStages): readonly string[] {
  return pipelines.flatMap(({ file }) => {
    const answer = place.source.find(file);
    return answer.kind === "file" && Buffer.from(answer.bytes).includes("${") ? [file] : [];
  });
}

/** The stages of the files with templates, as the source has them. */
function stagesWith(
  { place, readings }: ProjectStages,
  files: readonly string[],
  source: FileSource,
): readonly Stage[] {
  return files.flatMap((file) => {
    const read = readings.pipelineFiles.read({ file, kind: "pipeline" }, { ...place, source });
    if (read.kind === "broken") throw read.problem;
    return read.kind === "pipeline" ? read.pipeline.stages : [];
  });
}

function linesOf(all: readonly Stage[], planned: ReadonlySet<StageAddress>, known: ProjectStages): string[] {
  return all
    .filter(({ address }) => planned.has(address) || !known.graph.stages.has(address))
    .flatMap((stage) => (stage.shellHazards ?? []).map((hazard) => hazardText(stage, hazard, stage.address)));
}

/** A line for each value of the points that a shell would misread, each once. */
async function shellHazardLines({ inputs, targets, flags }: ShellCheckRequest): Promise<readonly string[]> {
  const opened = await inputs.paramFiles();
  const stages = await inputs.stages();
  const templates = filesWithTemplates(stages);
  if (templates.length === 0) return [];
  const { source, project } = stages.place;
  const folder = path.join(project.root, inputs.folder);
  const planned = new Set(planOfRun(stages, { ...runOptionsFrom(flags), targets }, folder).steps);
  const ofWorkspace = linesOf(stages.stages, planned, stages);
  // What the workspace has may be just what the points replace.
  const points = ofWorkspace.length > 0 ? inputs.points : riskyPoints(inputs);
  const lines = new Set(inputs.points.length === 0 ? ofWorkspace : []);
  for (const point of points) {
    const values = new Map(opened.map((file) => [pathKey(project.root, file.absolute), file.valueAt(point)] as const));
    const ofPoint = await whenLoaded(() => stagesWith(stages, templates, laidOver(source, values)));
    for (const line of linesOf(ofPoint, planned, stages)) lines.add(line);
  }
  return [...lines];
}

const shownLines = 5;

export interface CommandsCheck extends ShellCheckRequest {
  /** "later": out of sight; a run that is seen warns by itself. */
  readonly runs: "here" | "later";
}

/** Before experiments are queued or run: warns of values that a shell would misread. With --strict throws SHELL_CHARACTERS. */
export async function checkCommands(request: CommandsCheck, warn: (message: string) => void): Promise<void> {
  const strict = request.flags.strict === true;
  if (!strict && request.runs === "here") return;
  const lines = await shellHazardLines(request);
  if (strict) refuseHazards(lines);
  for (const line of lines.slice(0, shownLines)) warn(line);
  if (lines.length > shownLines) warn(`${lines.length - shownLines} more values have shell characters`);
}
