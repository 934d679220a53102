/** The stages of a project that may be run: every file can be read, and the graph is sound. */
import { whenLoaded } from "../../base/not-loaded.ts";
import { traced } from "../../base/trace.ts";
import type { Project } from "../../project/project.ts";
import { diskSource } from "./disk-source.ts";
import type { FileSource } from "./file-source.ts";
import { refuseIgnored } from "./ignored.ts";
import { type ProjectReading, readProject } from "./read-project.ts";
import { Readings } from "./readings.ts";

export type ProjectStages = ProjectReading;

export interface LoadOptions {
  /** Default: the disk. */
  readonly source?: FileSource;
  /** Default: of this reading alone. */
  readonly readings?: Readings;
  /** What becomes of files that can't be read; default: "refuse". */
  readonly broken?: "refuse" | "leave-out";
}

/**
 * Finds and reads all pipeline files and makes the graph of their stages. Errors: those of a broken file, OUTPUT_DUPLICATE,
 * OUTPUT_OVERLAP, STAGE_INSIDE_OUTPUT, STAGE_CYCLE; in the workspace GIT_IGNORED and IGNORED.
 */
export function loadProjectStages(project: Project, options: LoadOptions = {}): Promise<ProjectStages> {
  const detail = (loaded: ProjectStages | undefined) => `${loaded?.stages.length} stages of ${project.root}`;
  return traced<Promise<ProjectStages>>({ topic: "stages", name: "load", detail }, () => loadStages(project, options));
}

/** What the files of a project record of its data, which may take a parser that the stages alone did not need. Errors: those of `locks`. */
export async function loadRecorded(project: Project, options: LoadOptions = {}): Promise<ProjectStages> {
  const reading = await loadProjectStages(project, options);
  await whenLoaded(() => reading.recorded);
  return reading;
}

async function loadStages(project: Project, options: LoadOptions): Promise<ProjectStages> {
  const { source = diskSource(project), readings = new Readings(), broken = "refuse" } = options;
  const reading = await whenLoaded(() => readProject({ project, source }, readings));
  const [problem] = reading.problems.values();
  if (problem !== undefined && broken === "refuse") throw problem;
  await readings.values.prepare(reading.stages.flatMap((stage) => stage.params.map((params) => params.file)));
  void reading.graph;
  if (options.source === undefined && broken === "refuse") refuseIgnored(project, reading.stages);
  return reading;
}
