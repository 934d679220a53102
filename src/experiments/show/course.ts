/** The metrics of an experiment over its checkpoints. */
import type { Value } from "../../base/value.ts";
import type { ObjectId } from "../../git/ids.ts";
import { chainsOf } from "../checkpoints/older.ts";
import { loadRevisions, openReading } from "../reading/load-revisions.ts";
import type { ExperimentsContext } from "../repository.ts";
import { resolveExperiment } from "../results/finished.ts";
import { flattenMetrics } from "./flatten.ts";

export interface CoursePoint {
  readonly rev: ObjectId;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** Flat, under the names of the table. */
  readonly metrics: ReadonlyMap<string, Value>;
}

export interface Course {
  readonly name: string;
  /** The oldest first; of an experiment without checkpoints its result alone. */
  readonly points: readonly CoursePoint[];
}

/** What these commits hold; those that can't be read are left out. */
export async function readCoursePoints(
  context: ExperimentsContext,
  ids: readonly ObjectId[],
): Promise<readonly CoursePoint[]> {
  const reading = await openReading(context, { kind: "tracked", params: "dependencies" });
  try {
    const revisions = await loadRevisions(ids, reading);
    return ids.flatMap((rev): CoursePoint[] => {
      const revision = revisions.get(rev);
      if (revision?.data == null) return [];
      return [{ rev, timestamp: revision.timestamp, metrics: flattenMetrics(revision.data.metrics) }];
    });
  } finally {
    reading.close();
  }
}

/** Errors: NOT_AN_EXPERIMENT, NAME_AMBIGUOUS. */
export async function readCourse(context: ExperimentsContext, name: string): Promise<Course> {
  const experiment = await resolveExperiment(context, name);
  const older = (await chainsOf(context.repository, [experiment])).get(experiment) ?? [];
  return { name: experiment.name, points: await readCoursePoints(context, [experiment.commit, ...older].reverse()) };
}
