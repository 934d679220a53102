/** `exp show --sort-by`: which column is meant, and the order of values of any kind. */
import { expect, test } from "vitest";
import type { Value } from "../../src/base/value.ts";
import type { Baseline, Experiment, ExperimentData, FileResult } from "../../src/experiments/reading/types.ts";
import { renderExperiments, type ShowOptions } from "../../src/report/exp-show.ts";
import type { SortRequest } from "../../src/report/exp-sort.ts";

const empty = { deps: new Map(), outs: new Map() };
const file = (values: Record<string, Value>): FileResult => ({ kind: "data", data: new Map(Object.entries(values)) });

function dataOf(values: Record<string, Value>): ExperimentData {
  return {
    params: new Map([["params.yaml", file(values)]]),
    metrics: new Map([["m.json", file({ acc: 1 })]]),
    ...empty,
  };
}

function experiment(name: string, data: ExperimentData | null): Experiment {
  const error = data === null ? { type: "E", message: "" } : null;
  return { name, executor: null, sweep: undefined, revs: [{ rev: name, name, timestamp: 1, data, error }] };
}

/** The names in the order that the table has. */
function order(values: readonly (Value | undefined)[], sort: Partial<SortRequest> = {}): readonly string[] {
  const experiments = values.map((value, index) =>
    experiment(`e${index}`, dataOf(value === undefined ? {} : { x: value })),
  );
  const baseline: Baseline = {
    ...{ rev: "b", name: "main", timestamp: 1, error: null },
    data: dataOf({ x: 0n }),
    experiments,
  };
  const options: ShowOptions = {
    format: "csv",
    columns: { onlyChanged: false, drop: [], keep: [] },
    sort: { by: "x", order: "asc", missing: "last", ...sort },
    precision: undefined,
    terminal: { width: "full", colours: false },
    now: new Date(0),
  };
  const lines = [...renderExperiments([baseline], options)].join("").split("\r\n");
  return lines.flatMap((line) => /^(e\d)/.exec(line)?.[1] ?? []);
}

test.each<[what: string, values: readonly (Value | undefined)[], sorted: string]>([
  ["numbers by size, of either kind", [3n, 1.5, 2n], "e1 e2 e0"],
  ["booleans as 0 and 1", [2n, true, false], "e2 e1 e0"],
  ["NaN after every number", [Number.NaN, Number.POSITIVE_INFINITY, 1n, Number.NaN], "e2 e1 e0 e3"],
  ["texts after numbers, by code points", ["b", "B", 7n, "a"], "e2 e1 e3 e0"],
  ["lists after texts, item by item, the shorter first", [[2n], [1n, 2n], "z", [1n]], "e2 e3 e1 e0"],
  ["equal ones as they were", [[1n], [1n], 1, 1n], "e2 e3 e0 e1"],
  ["missing ones last", [undefined, 1n, null, 0n], "e3 e1 e0 e2"],
])("%s", (_what, values, sorted) => {
  expect(order(values).join(" ")).toBe(sorted);
});

test("turned round, what is missing stays last, or comes first as DVC has it", () => {
  expect(order([1n, undefined, 3n], { order: "desc" }).join(" ")).toBe("e2 e0 e1");
  const diverged = [Number.NaN, undefined, 1n, 3n];
  expect(order(diverged, { order: "desc" }).join(" ")).toBe("e3 e2 e0 e1");
  expect(order(diverged, { order: "desc", missing: "as-dvc" }).join(" ")).toBe("e1 e0 e3 e2");
  expect(order([1n, undefined, 3n], { order: "desc", missing: "as-dvc" }).join(" ")).toBe("e1 e2 e0");
});

test("a column is meant by its name, or with its file where a name alone would do for two", () => {
  for (const by of ["x", ":x", "params.yaml:x"]) expect(order([2n, 1n], { by }).join(" ")).toBe("e1 e0");
  expect(() => order([1n], { by: "nope" })).toThrow(
    expect.objectContaining({ code: "UNKNOWN_SORT_COLUMN", message: "Unknown sort column 'nope'" }),
  );
});
