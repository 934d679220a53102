import { describe, expect, test } from "vitest";
import type { Value } from "../../src/base/value.ts";
import type { Baseline, Experiment, ExperimentData, FileResult } from "../../src/experiments/reading/types.ts";
import { renderExperiments, type ShowOptions, showTable } from "../../src/report/exp-show.ts";

const id = (letter: string) => letter.repeat(40);

function data(files: {
  params?: Record<string, Record<string, Value>>;
  metrics?: Record<string, Record<string, Value>>;
}): ExperimentData {
  const results = (named: Record<string, Record<string, Value>> = {}) =>
    new Map<string, FileResult>(
      Object.entries(named).map(([file, values]) => [file, { kind: "data", data: new Map(Object.entries(values)) }]),
    );
  return { params: results(files.params), metrics: results(files.metrics), deps: new Map(), outs: new Map() };
}

function experiment(name: string, letter: string, values: ExperimentData, rest: Partial<Experiment> = {}): Experiment {
  const tip = { rev: id(letter), name, timestamp: 1_700_000_000, data: values, error: null };
  return { name, executor: null, sweep: undefined, revs: [tip], ...rest };
}

function baseline(values: ExperimentData, ...experiments: readonly Experiment[]): Baseline {
  return { rev: id("a"), name: "main", timestamp: 1_700_000_000, data: values, error: null, experiments };
}

const options: ShowOptions = {
  format: "csv",
  columns: { onlyChanged: false, drop: [], keep: [] },
  sort: undefined,
  precision: undefined,
  terminal: { width: "full", colours: false },
  now: new Date(0),
};

const text = (baselines: readonly Baseline[], shown: ShowOptions) => [...renderExperiments(baselines, shown)].join("");

const csv = (baselines: readonly Baseline[], rest: Partial<ShowOptions> = {}) =>
  text(baselines, { ...options, ...rest })
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));

const lr = (value: Value, acc?: Value) =>
  data({ params: { "params.yaml": { lr: value } }, ...(acc === undefined ? {} : { metrics: { "m.json": { acc } } }) });

describe("columns", () => {
  test("a name in several files gets its file in front", () => {
    const values = data({ params: { "params.yaml": { lr: 0.1 }, "other.yaml": { lr: 1n, seed: 2n } } });
    expect(csv([baseline(values)])[0]?.slice(5)).toEqual(["params.yaml:lr", "other.yaml:lr", "seed"]);
  });

  test("a name like a label's gets its file in front", () => {
    expect(csv([baseline(data({ params: { "params.yaml": { State: 1n } } }))])[0]?.slice(5)).toEqual([
      "params.yaml:State",
    ]);
  });

  test("State and Executor are there only where a row has one", () => {
    const local = { root: null, log: null, pid: null, returnCode: null, taskId: null };
    const queued = experiment("q", "b", lr(1n), { executor: { state: "queued", name: "dvc-task", local } });
    const rows = csv([baseline(lr(1n), queued)]);
    expect(rows[0]?.slice(5, 7)).toEqual(["State", "Executor"]);
    expect(rows[2]?.slice(5, 7)).toEqual(["Queued", "Dvc-task"]);
  });

  test("trials of a search have their numbers, and what was stopped early its step where people look", () => {
    const rows = [baseline(data({}), experiment("t", "b", lr(1n), { trial: 3, stoppedAt: 9 }))];
    expect(csv(rows)[0]?.slice(5)).toEqual(["State", "Trial", "lr"]);
    expect(csv(rows)[2]?.slice(5, 7)).toEqual(["Stopped", "3"]);
    expect(csv(rows, { columns: { onlyChanged: false, drop: [], keep: [], only: ["trial"] } })[2]).toEqual(["t", "3"]);
    expect(text(rows, { ...options, format: "table" })).toContain("Stopped at 9");
    const named = data({ params: { "params.yaml": { Trial: 1n } } });
    expect(csv([baseline(named)])[0]?.slice(5)).toEqual(["Trial"]);
    expect(csv([baseline(named, experiment("t", "b", named, { trial: 3 }))])[0]?.slice(5)).toEqual([
      "Trial",
      "params.yaml:Trial",
    ]);
  });

  test("--only-changed, --drop and --keep", () => {
    const values = (rate: Value) => data({ params: { "params.yaml": { rate, seed: 1n, units: 2n } } });
    const rows = [baseline(values(1n), experiment("e", "b", values(2n)))];
    const columns = { onlyChanged: true, drop: [/^Created/], keep: [/^se/] };
    expect(csv(rows, { columns })[0]).toEqual(["Experiment", "rev", "typ", "rate", "seed"]);
  });
});

describe("cells", () => {
  test("as Python prints them", () => {
    const values: Record<string, Value> = { a: true, b: null, c: 1n, d: 1, e: 1e-7, f: "x", g: [1n] };
    const rows = csv([baseline(data({ params: { "params.yaml": values } }))]);
    expect(rows[1]?.slice(5)).toEqual(["True", "", "1", "1.0", "1e-07", "x", "[1]"]);
  });

  test("a file that can't be read is marked", () => {
    const broken: ExperimentData = {
      ...lr(1n),
      metrics: new Map([["m.json", { kind: "error", type: "JSONFileCorruptedError", message: "broken" }]]),
    };
    const rows = csv([baseline(lr(1n, 0.5), experiment("e", "b", broken))]);
    expect(rows[2]?.[5]).toBe("!");
  });

  test("a table has 5 digits, or as many as asked", () => {
    const rows = [baseline(lr(0.123456789))];
    expect(text(rows, { ...options, format: "markdown" })).toContain("| 0.12346 |");
    expect(text(rows, { ...options, format: "markdown", precision: 2 })).toContain("| 0.12 ");
  });
});

describe("order", () => {
  const rows = [
    baseline(
      lr(1n),
      experiment("b", "b", lr(2n, 0.5)),
      experiment("c", "c", lr("x", 0.9)),
      experiment("d", "d", lr(1.5)),
    ),
  ];
  const names = (sort: ShowOptions["sort"]) =>
    csv(rows, { sort })
      .slice(2)
      .map(([name]) => name);

  test("numbers, then texts; those without a value last, first with desc as in DVC", () => {
    expect(names({ by: "lr", order: "asc", missing: "as-dvc" })).toEqual(["d", "b", "c"]);
    expect(names({ by: "m.json:acc", order: "asc", missing: "as-dvc" })).toEqual(["b", "c", "d"]);
    expect(names({ by: ":acc", order: "desc", missing: "as-dvc" })).toEqual(["d", "c", "b"]);
    expect(names({ by: "acc", order: "desc", missing: "last" })).toEqual(["c", "b", "d"]);
  });

  test("an unknown column is refused", () => {
    expect(() => names({ by: "nosuch", order: "asc", missing: "last" })).toThrow("Unknown sort column 'nosuch'");
  });

  test("an ambiguous one too", () => {
    const values = data({ params: { "a.yaml": { lr: 1n }, "b.yaml": { lr: 1n } } });
    const ambiguous = [baseline(values, experiment("e", "b", values))];
    expect(() => csv(ambiguous, { sort: { by: "lr", order: "asc", missing: "last" } })).toThrow(
      "Ambiguous sort column 'lr' matched 'a.yaml:lr, b.yaml:lr'",
    );
  });
});

test("the table at a sweep's end: what changed, best first", () => {
  const rows = [baseline(lr(1n), experiment("one", "b", lr(2n, 0.5)), experiment("two", "c", lr(3n, 0.9)))];
  const text = showTable(rows, { terminal: { width: "full", colours: false }, sortBy: "acc", order: "desc" });
  expect(text.split("\n").slice(1, 6)).toEqual([
    "  Experiment          acc   lr  ",
    ` ${"─".repeat(30)} `,
    "  main                  -   1   ",
    "  ├── ccccccc [two]   0.9   3   ",
    "  └── bbbbbbb [one]   0.5   2   ",
  ]);
});

test("JSON has DVC's shape", () => {
  const [row] = JSON.parse(text([baseline(lr(1n), experiment("e", "b", lr(2n)))], { ...options, format: "json" }));
  expect(Object.keys(row)).toEqual(["rev", "name", "data", "error", "experiments"]);
  expect(Object.keys(row.data)).toEqual(["rev", "timestamp", "params", "metrics", "deps", "outs", "meta"]);
  expect(row.data.params).toEqual({ "params.yaml": { data: { lr: 1 } } });
  expect(Object.keys(row.experiments[0])).toEqual(["revs", "executor", "name"]);
  expect(row.experiments[0].revs[0].experiments).toBeNull();
});
