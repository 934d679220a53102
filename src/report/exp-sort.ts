/** `exp show --sort-by`: which column is meant, and the order of values (DVC 3.67.1, repo/experiments/show.py). */
import { compareCodePoints } from "../base/python.ts";
import { isList, type Value } from "../base/value.ts";
import type { Experiment } from "../experiments/reading/types.ts";
import type { Leaves, ValueColumn } from "../experiments/show/value-columns.ts";
import { cellText, exactFloats } from "./cells.ts";

export interface SortRequest {
  /** `train.lr`, `params.yaml:train.lr` or `:train.lr`. */
  readonly by: string;
  readonly order: "asc" | "desc";
  /** Where experiments without a value, or with nan, go: DVC turns the whole order round with desc. */
  readonly missing: "as-dvc" | "last";
}

function kindRank(value: Value): number {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return 0;
  return typeof value === "string" ? 1 : 2;
}

function asNumber(value: Value): number {
  return typeof value === "number" ? value : Number(value);
}

/** Numbers by size (booleans count as 0 and 1), then texts, then lists. */
function compareValues(a: Value, b: Value): number {
  const rank = kindRank(a) - kindRank(b);
  if (rank !== 0) return rank;
  if (kindRank(a) === 0) return compareNumbers(asNumber(a), asNumber(b));
  if (isList(a) && isList(b)) return compareLists(a, b);
  return compareCodePoints(cellText(a, exactFloats), cellText(b, exactFloats));
}

/** NaN after every number, so that the order is one. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareValues(item, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Values first, then nan where it is to stand as what is missing does, then what is missing. */
function missingRank(value: Value, missing: SortRequest["missing"]): number {
  if (value === null) return 2;
  return missing === "last" && Number.isNaN(value) ? 1 : 0;
}

/** The experiments in the order asked for; equal ones stay as they were. */
export function sortExperiments(
  experiments: readonly Experiment[],
  column: ValueColumn,
  request: SortRequest & { readonly leaves: Leaves },
): readonly Experiment[] {
  const sortValue = (experiment: Experiment): Value => {
    const data = experiment.revs[0].data;
    const files = column.column.kind === "metric" ? data?.metrics : data?.params;
    const result = files?.get(column.file);
    return (result === undefined ? undefined : request.leaves(column.file, result).get(column.name)) ?? null;
  };
  const direction = request.order === "desc" ? -1 : 1;
  const missingDirection = request.missing === "last" ? 1 : direction;
  return experiments
    .map((experiment) => ({ experiment, value: sortValue(experiment) }))
    .sort((a, b) => {
      const missing = missingRank(a.value, request.missing) - missingRank(b.value, request.missing);
      if (missing !== 0) return missing * missingDirection;
      return a.value === null ? 0 : direction * compareValues(a.value, b.value);
    })
    .map(({ experiment }) => experiment);
}
