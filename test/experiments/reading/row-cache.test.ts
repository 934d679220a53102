/** Rows that were kept: as they were, and anything else in their place counts as none. */
import path from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { LoadedRevision } from "../../../src/experiments/reading/load-revisions.ts";
import { RowCache } from "../../../src/experiments/reading/row-cache.ts";
import { DataFiles } from "../../../src/experiments/reading/values.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { openProject } from "../../../src/project/open.ts";
import type { Project } from "../../../src/project/project.ts";
import { openMemo } from "../../../src/store/memo.ts";
import { makeRepository } from "../../rig/index.ts";

const commit = "a".repeat(40) as ObjectId;
const facts = { request: "all", prefix: "" };

let project: Project;
let reader: DataFiles;
beforeAll(async () => {
  const { folder, env } = makeRepository({ git: false });
  project = openProject(folder, env);
  reader = await DataFiles.open();
});

const state = { hash: "1", size: 1, nfiles: null };
const row: LoadedRevision = {
  timestamp: 1,
  parents: [commit],
  sweep: undefined,
  trial: 3,
  stoppedAt: undefined,
  data: {
    params: new Map(),
    metrics: new Map(),
    deps: new Map([["d", state]]),
    outs: new Map([["o", { ...state, useCache: true, isDataSource: false }]]),
  },
  error: null,
};

/** The key that rows are kept under, as the cache itself makes it. */
function keyOfRow(): string {
  RowCache.open(project, reader, facts).put(new Map([[commit, row]]));
  const [key = ""] = memo().keys();
  return key;
}

const memo = () => openMemo(path.join(project.tmpDir, "sweepline", "state", "rows"));

function inPlace(bytes: Uint8Array): LoadedRevision | undefined {
  const kept = memo();
  kept.set(keyOfRow(), bytes);
  kept.flush();
  return RowCache.open(project, reader, facts).get(commit);
}

const stored = { timestamp: 1, parents: [commit], metrics: [], params: [], deps: [], outs: [] };
const text = (value: unknown) => Buffer.from(JSON.stringify(value));
const withParams = (data: unknown) => text({ ...stored, params: [["p", "k", data]] });

test("a row is as it was", () => {
  keyOfRow();
  expect(RowCache.open(project, reader, facts).get(commit)).toEqual(row);
});

test.each([
  ["a value without its kind", withParams("x")],
  ["an integer that is none", withParams("i1.5")],
  ["a number that is none", withParams("f1")],
  ["one within others", withParams([1, "sa", [0, [1, "sb", { c: 1 }]]])],
  ["a key that is a list", withParams([1, [0], 1])],
  ["an object for a mapping", withParams({ a: 1 })],
  ["a list of neither kind", withParams([2, 1])],
  ["no parents", text({ ...stored, parents: 1 })],
  ["an output without facts", text({ ...stored, outs: [["o", {}]] })],
  ["a nest without an end", Buffer.from("[".repeat(100_000))],
])("%s is none", (_what, bytes) => {
  expect(inPlace(bytes)).toBeUndefined();
});

test("so are any bytes, and a row that was cut or changed gives no other kind of answer", () => {
  const whole = withParams([1, "sa", "i1", "sb", [0, 0.5, "sx", null, true]]);
  const changed = fc
    .tuple(fc.nat(whole.length - 1), fc.nat(255))
    .map(([at, byte]) => Buffer.concat([whole.subarray(0, at), Buffer.from([byte]), whole.subarray(at + 1)]));
  const cut = fc.nat(whole.length).map((end) => whole.subarray(0, end));
  const any = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(any, cut, changed), (bytes) => {
      const found = inPlace(bytes);
      if (found !== undefined) expect(found).toMatchObject({ parents: expect.any(Array), data: { deps: new Map() } });
    }),
    { numRuns: 100 },
  );
});
