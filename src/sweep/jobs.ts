/** The jobs of a command line as texts, one list of overrides a job. */
import { defaultParamsFile } from "../params/default-file.ts";
import { type ExpandOptions, readAxes } from "./expand.ts";
import { batchSizes, combinationCount, combinations } from "./product.ts";
import { expandOverrides, isGrid, type SweepShape } from "./shape.ts";
import type { PointOverride } from "./types.ts";

export interface Jobs {
  readonly count: number;
  readonly batches: readonly number[];
  readonly jobs: Iterable<readonly string[]>;
}

export interface AskedSweep {
  readonly overrides: readonly string[];
  readonly shape: SweepShape;
}

function jobText({ file, text }: PointOverride): string {
  return file === defaultParamsFile ? text : `${file}:${text}`;
}

/**
 * The product of some `[file:]override`, also where nothing is swept: then it is one job, rendered as Hydra does. Those of a grid
 * are made one by one.
 * @throws SweeplineError as expandOverrides does
 */
export async function sweepJobs(
  { overrides, shape }: AskedSweep,
  maxBatchSize: number | null,
  options: ExpandOptions,
): Promise<Jobs> {
  if (!isGrid(shape)) {
    const { points } = await expandOverrides(overrides, shape, options);
    const jobs = points.map((point) => point.overrides.map(jobText));
    return { count: jobs.length, batches: batchSizes(jobs.length, maxBatchSize), jobs };
  }
  const lists = readAxes(overrides, options).map(({ values }) => values.map(jobText));
  const count = combinationCount(lists);
  return { count, batches: batchSizes(count, maxBatchSize), jobs: combinations(lists) };
}
