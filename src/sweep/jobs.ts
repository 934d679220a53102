/** The jobs of a command line as texts, one list of overrides a job, made one by one. */
import { defaultParamsFile } from "../params/default-file.ts";
import { type ExpandOptions, readAxes } from "./expand.ts";
import { batchSizes, combinationCount, combinations } from "./product.ts";

export interface Jobs {
  readonly count: number;
  readonly batches: readonly number[];
  readonly jobs: Iterable<readonly string[]>;
}

/**
 * The product of some `[file:]override`, also where nothing is swept: then it is one job, rendered as Hydra does.
 * @throws SweeplineError as expandPoints does
 */
export function sweepJobs(args: readonly string[], maxBatchSize: number | null, options: ExpandOptions): Jobs {
  const lists = readAxes(args, options).map(({ file, values }) =>
    values.map(({ text }) => (file === defaultParamsFile ? text : `${file}:${text}`)),
  );
  const count = combinationCount(lists);
  return { count, batches: batchSizes(count, maxBatchSize), jobs: combinations(lists) };
}
