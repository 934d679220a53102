import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameValue } from "../../src/base/value.ts";
import { formatPlan, makePlan, parsePlan, plainRun, planId } from "../../src/ci/plan.ts";
import { checkPlan, readPlanPoint, samplePoints } from "../../src/ci/plan-points.ts";
import { claimsResultOf } from "../../src/ci/plan-refs.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { readPointsFile } from "../../src/sweep/points-file.ts";
import { baseline, planOf } from "./emission.ts";

describe("a plan", () => {
  it("is one line a point, and the same for the same sweep", () => {
    const text = formatPlan(planOf(["lr=0.1,0.2", "other.json:seed=1"]));
    expect(text).toBe(formatPlan(planOf(["lr=0.1,0.2", "other.json:seed=1"])));
    expect(text.split("\n").slice(1, 3)).toEqual([
      '{"i":0,"id":"b6e5eb1bca7f","name":"s-01234567-0000","set":["lr=0.1","other.json:seed=1"]},'.replace(
        /"id":"[0-9a-f]+"/,
        `"id":"${planOf(["lr=0.1,0.2", "other.json:seed=1"]).points[0]?.id}"`,
      ),
      expect.stringMatching(/^\{"i":1,"id":"[0-9a-f]{12}","name":"s-01234567-0001"/),
    ]);
    expect(parsePlan(text, "sweep.json")).toEqual(planOf(["lr=0.1,0.2", "other.json:seed=1"]));
  });

  it("has an id for each point that depends on the commit and the overrides alone", () => {
    const both = planOf(["lr=0.1,0.2"]).points.map(({ id }) => id);
    const [one] = planOf(["lr=0.2"]).points.map(({ id }) => id);
    expect(both[1]).toBe(one);
    expect(both[0]).not.toBe(one);
  });

  it("has an id of its own for each commit, name and way to run", () => {
    const facts = { baseline, run: plainRun, name: undefined };
    const others = [
      { name: "x" },
      { run: { ...plainRun, copyPaths: ["data"] } },
      { run: { ...plainRun, message: "m" } },
    ];
    const ids = [{}, ...others].map((other) => planId({ ...facts, ...other }, ["lr=1,2"]));
    expect(new Set([...ids, planId(facts, ["lr=1"])]).size).toBe(5);
    expect(planId({ ...facts }, ["lr=1,2"])).toBe(ids[0]);
  });

  it("leaves out points that are the same as an earlier one", () => {
    const { points } = expandPoints(["lr=0.1,0.2,0.1"]);
    const { plan, repeated } = makePlan({ sweep: "s-0123456789ab", baseline, run: plainRun, points, name: "grid" });
    expect(repeated).toBe(1);
    expect(plan.points.map(({ i, name }) => [i, name])).toEqual([
      [0, "grid-1"],
      [1, "grid-2"],
    ]);
  });

  it("gives each job the value that was planned, whatever it is", async () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 5 }), async (values) => {
        const rows = values.map((each) => JSON.stringify({ "train.lr": each })).join("\n");
        const points = await readPointsFile(rows, "jsonl");
        const { plan } = makePlan({ sweep: "s-0123456789ab", baseline, run: plainRun, points, name: undefined });
        checkPlan(plan, points, {});
        const read = parsePlan(formatPlan(plan), "sweep.json").points.map((point) => readPlanPoint(point, {}));
        for (const point of points) {
          const planned = point.overrides[0]?.edit.value;
          expect(read.some(({ overrides }) => sameValue(overrides[0]?.edit.value, planned))).toBe(true);
        }
      }),
    );
  });

  it("is tried out with a few of its points: each way to change each key, and each text", () => {
    const sampleOf = (words: string[]) => samplePoints(expandPoints(words).points).map(({ index }) => index);
    expect(sampleOf(["lr=range(0,100)", "seed=range(0,100)"])).toEqual([0]);
    expect(sampleOf(["lr=1,2,null,a,b,[1],[2]", "other.json:lr=1"])).toEqual([0, 2, 3, 4, 5, 6]);
    expect(sampleOf(["db=a,b,c", "seed=1,2"])).toEqual([0, 2, 4]);
  });

  it("knows a point's result by its sweep, its position and its overrides, in any order", () => {
    const plan = planOf(["lr=1,2", "other.json:seed=1"]);
    const point = plan.points[1];
    const commit = (sweep: string, at: number, set: readonly [file: string, text: string][]) => {
      const overrides = set.map(([file, text]) => ({ file, text, key: "", value: "" }));
      const facts = JSON.stringify({ sweep, point: at, identity: "", overrides, targets: [], flags: {} });
      const person = "A <a@b> 1 +0000";
      const head = `tree ${baseline}\nparent ${baseline}\nauthor ${person}\ncommitter ${person}\n`;
      return Buffer.from(`${head}sweepline ${facts}\n\nm\n`);
    };
    const seed = ["other.json", "seed=1"] as const;
    const answers = [
      commit(plan.sweep, 1, [[...seed], ["params.yaml", "lr=2"]]),
      commit(plan.sweep, 1, [["params.yaml", "lr=1"], [...seed]]),
      commit(plan.sweep, 1, [["params.yaml", "lr=2"]]),
      commit(plan.sweep, 0, [["params.yaml", "lr=2"], [...seed]]),
      commit("s-0", 1, [["params.yaml", "lr=2"], [...seed]]),
    ].map((content) => point !== undefined && claimsResultOf(plan, point, content));
    expect(answers).toEqual([true, false, false, false, false]);
  });

  it("is refused where it is none, or names what it must not", () => {
    const good = formatPlan(planOf(["lr=1,2"]));
    const spoilt = [
      "",
      "{",
      "[]",
      "null",
      good.replace('"v":1', '"v":2'),
      good.replace('"i":1', '"i":7'),
      good.replace("s-01234567-0001", "../../heads/main"),
      good.replace("s-01234567-0001", "-x"),
      good.replace(baseline, "main"),
      good.replace('"s-0123456789ab"', '"../x"'),
      good.replace('["lr=2"]', '"lr=2"'),
      good.replace('["lr=2"]', '["lr=8"]'),
      good.replace('"i":1', '"i":1e999'),
      good.replace('"i":1', '"i":NaN'),
      good.replace("s-01234567-0001", "s-01234567-0000"),
      good.replace('"folder":""', '"folder":"../.."'),
      good.replace('"folder":""', '"folder":"/etc"'),
      good.replace('"copyPaths":[]', '"copyPaths":["../../secret"]'),
      good.replace('"copyPaths":[]', '"copyPaths":["/etc/passwd"]'),
      good.replace('"flags":{}', '"flags":{"sudo":true}'),
      good.replace('"flags":{}', '"flags":{"force":"yes"}'),
    ];
    for (const text of spoilt)
      expect(() => parsePlan(text, "sweep.json"), text).toThrow(
        expect.objectContaining({ code: "PLAN_INVALID", exitCode: 2 }),
      );
    expect(() => readPlanPoint({ i: 0, set: ["lr=1,2"] }, {})).toThrow(
      expect.objectContaining({ code: "PLAN_INVALID" }),
    );
  });
});
