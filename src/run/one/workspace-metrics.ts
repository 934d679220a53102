import { isExpected } from "../../base/errors.ts";
import type { Value } from "../../base/value.ts";
import type { FileResult } from "../../experiments/reading/types.ts";
import { flattenMetrics } from "../../experiments/show/flatten.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";

/** The metrics that lie in a workspace now, flat, under the names of the table; files that can't be read are left out. */
export async function workspaceMetrics({
  place: { source },
  readings: { values },
  tracked,
}: ProjectStages): Promise<ReadonlyMap<string, Value>> {
  await values.prepare(tracked.metrics);
  const results = new Map<string, FileResult>();
  for (const name of new Set(tracked.metrics))
    try {
      const data = values.read(name, source.find(name));
      if (data !== undefined) results.set(name, { kind: "data", data });
    } catch (error) {
      if (!isExpected(error)) throw error;
      // A broken metrics file, or a folder in its place, shows as an error in the table; here, one number less.
    }
  return flattenMetrics(results);
}
