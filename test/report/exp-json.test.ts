/** `exp show --json`: the fields that DVC's readers know, for each kind of state. */
import { expect, test } from "vitest";
import type { Baseline, Executor, ExperimentData } from "../../src/experiments/reading/types.ts";
import { isoTime } from "../../src/report/dates.ts";
import { experimentsAsJson } from "../../src/report/exp-json.ts";
import { jsonPieces } from "../../src/report/json.ts";

const data: ExperimentData = {
  params: new Map([["params.yaml", { kind: "data", data: new Map([["lr", 0.1]]) }]]),
  metrics: new Map([["m.json", { kind: "error", type: "E", message: "bad" }]]),
  deps: new Map([["in", { hash: "h", size: 1, nfiles: null }]]),
  outs: new Map([["out", { hash: null, size: null, nfiles: 2, useCache: true, isDataSource: false }]]),
};
const executor: Executor = {
  state: "running",
  name: "dvc-task",
  local: { root: "/r", log: null, pid: 7, returnCode: null, taskId: "t" },
};

const read = (rows: readonly Baseline[]) => JSON.parse([...jsonPieces(experimentsAsJson(rows), "line")].join(""));

test("a baseline with experiments that run, failed, and are finished", () => {
  const experiments = [
    {
      name: "runs",
      executor,
      sweep: undefined,
      revs: [{ rev: "r", name: "runs", timestamp: null, data, error: null }],
    },
    {
      name: "failed",
      executor: { state: "failed", name: null, local: null },
      sweep: undefined,
      revs: [{ rev: "f", name: null, timestamp: 5, data: null, error: { type: "E", message: "why" } }],
    },
    { name: null, executor: null, sweep: undefined, revs: [{ rev: "d", name: null, timestamp: 5, data, error: null }] },
  ] as const;
  const baseline: Baseline = { rev: "b", name: "main", timestamp: 5, data: null, error: null, experiments };
  const [plain] = read([baseline]) as [{ experiments: Record<string, unknown>[] }];
  expect(plain).toMatchObject({ rev: "b", name: "main", data: null, error: null });
  const [runs, failed, done] = plain.experiments;
  expect(runs).toEqual({
    name: "runs",
    executor: {
      state: "running",
      name: "dvc-task",
      local: { root: "/r", log: null, pid: 7, returncode: null, task_id: "t" },
    },
    revs: [
      {
        rev: "r",
        name: "runs",
        error: null,
        experiments: null,
        data: {
          rev: "workspace",
          timestamp: null,
          params: { "params.yaml": { data: { lr: 0.1 } } },
          metrics: { "m.json": { error: { type: "E", msg: "bad" } } },
          deps: { in: { hash: "h", size: 1, nfiles: null } },
          outs: { out: { hash: null, size: null, nfiles: 2, use_cache: true, is_data_source: false } },
          meta: {},
        },
      },
    ],
  });
  expect(failed).toMatchObject({
    executor: { state: "failed", name: null, local: null },
    revs: [{ data: null, error: { type: "E", msg: "why" } }],
  });
  expect(done).toMatchObject({ executor: null, revs: [{ data: { rev: "d", timestamp: isoTime(5) } }] });
});

test("a trial of a search has its number, what was stopped early its step", () => {
  const tip = { rev: "t", name: "t", timestamp: 5, data: null, error: null };
  const trial = { name: "t", executor: null, sweep: "s-1", trial: 3, stoppedAt: 9, revs: [tip] } as const;
  const baseline: Baseline = { rev: "b", name: "main", timestamp: 5, data: null, error: null, experiments: [trial] };
  expect(read([baseline])).toMatchObject([{ experiments: [{ trial: 3, stopped_at: 9 }] }]);
});

test("a baseline without experiments has none, not an empty list", () => {
  const baseline: Baseline = { rev: "b", name: null, timestamp: null, data, error: null, experiments: [] };
  expect(read([baseline])).toMatchObject([{ experiments: null }]);
});
