/** The dvc.yaml of one folder, read as all of the project is, for who needs no other file. */
import path from "node:path";
import { whenLoaded } from "../../base/not-loaded.ts";
import type { Project } from "../../project/project.ts";
import { pathKey } from "../paths.ts";
import { diskSource } from "./disk-source.ts";
import { Readings } from "./readings.ts";

/** What can be named of a dvc.yaml. */
export interface PipelineNames {
  /** Stages, and what a foreach or matrix entry is called that stands for several, in the order of the file. */
  readonly stages: readonly string[];
  /** Files of metrics, relative to the project's root. */
  readonly metrics: readonly string[];
}

const none: PipelineNames = { stages: [], metrics: [] };

/** The names in a folder's dvc.yaml; none where it has none, or one that can't be read. */
export async function pipelineNamesAt(project: Project, folder: string): Promise<PipelineNames> {
  const source = diskSource(project);
  const file = pathKey(project.root, path.join(folder, "dvc.yaml"));
  if (source.find(file).kind !== "file") return none;
  const readings = new Readings();
  const read = await whenLoaded(() => readings.pipelineFiles.read({ file, kind: "pipeline" }, { project, source }));
  if (read.kind !== "pipeline") return none;
  const { stages, groups } = read.pipeline;
  return {
    stages: [...new Set([...groups.keys(), ...stages.map(({ name }) => name)])],
    metrics: readings.parts.tracked(project.root, [read]).metrics,
  };
}
