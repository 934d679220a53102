import path from "node:path";
import { isExpected } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import type { Value } from "../../base/value.ts";
import type { FileResult } from "../../experiments/reading/types.ts";
import { flattenMetrics } from "../../experiments/show/flatten.ts";
import { readDataFile } from "../../params/data-file.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";

/** The metrics that lie in a workspace now, flat, under the names of the table; files that can't be read are left out. */
export async function workspaceMetrics({
  project,
  stages,
  pipelines,
}: ProjectStages): Promise<ReadonlyMap<string, Value>> {
  const fromStages = stages.flatMap((stage) =>
    stage.outs
      .filter((output) => output.kind === "metric")
      .map((output) => path.resolve(stage.workingFolder, output.path)),
  );
  const listed = pipelines.flatMap((pipeline) => pipeline.metrics.map((name) => path.resolve(pipeline.folder, name)));
  const results = new Map<string, FileResult>();
  for (const file of new Set([...fromStages, ...listed])) {
    const name = path.relative(project.root, file);
    try {
      const bytes = readIfExists(file);
      if (bytes === undefined) continue;
      results.set(name, { kind: "data", data: await readDataFile({ path: name, bytes }) });
    } catch (error) {
      if (!isExpected(error)) throw error;
      // A broken metrics file, or a folder in its place, shows as an error in the table; here, one number less.
    }
  }
  return flattenMetrics(results);
}
