/** A sweep planned on the current commit: what is in the plan, what every job would refuse, and what the jobs will not have. */
import { rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { formatPlan, planDigest } from "../../src/ci/plan.ts";
import { checkReplanned, type Planning, type PlanningRequest, planSweep } from "../../src/ci/planning.ts";
import { gridShape } from "../../src/sweep/shape.ts";
import type { Repository } from "../rig/index.ts";
import { contextOf, makeRemoteRepository } from "./planned.ts";

let made: Repository;
let repository: Repository;
let warnings: string[];
beforeAll(() => {
  made = makeRemoteRepository();
});
beforeEach(() => {
  repository = made.copy();
  warnings = [];
});

function planning(facts: Partial<Planning> = {}): Planning {
  return {
    context: contextOf(repository),
    folder: repository.folder,
    environment: {},
    warn: (message) => warnings.push(message),
    readStdin: async () => "x\n5\n6\n",
    ...facts,
  };
}

const asked = (request: Partial<PlanningRequest> = {}): PlanningRequest => ({
  overrides: ["x=1,2"],
  shape: gridShape,
  targets: [],
  flags: {},
  composition: "as configured",
  copyPaths: [],
  ...request,
});

const plan = (request: Partial<PlanningRequest> = {}, expected?: string) =>
  planSweep(planning(), asked(request), expected);

describe("a plan", () => {
  test("is of the current commit, and the same again", async () => {
    const { plan: made } = await plan();
    expect(made).toMatchObject({ baseline: repository.git("rev-parse", "HEAD"), run: { folder: "", copyPaths: [] } });
    expect(made.points.map(({ set }) => set)).toEqual([["x=1"], ["x=2"]]);
    expect(formatPlan((await plan({}, planDigest(made))).plan)).toBe(formatPlan(made));
    expect(warnings).toEqual([]);
  });

  test("says how its points are run, seen from the project", async () => {
    repository.write({ "deep/in.txt": "1\n", "deep/params.yaml": "x: 1\n" });
    repository.commit("deep");
    const folder = path.join(repository.folder, "deep");
    const request = asked({
      targets: ["copy"],
      copyPaths: ["in.txt"],
      message: "why",
      name: "grid",
      flags: { force: true },
    });
    const { plan: made } = await planSweep(
      planning({ folder }),
      { ...request, targets: ["../dvc.yaml:copy"] },
      undefined,
    );
    expect(made.run).toMatchObject({
      folder: "deep",
      copyPaths: ["deep/in.txt"],
      message: "why",
      flags: { force: true },
    });
    expect(made.points.map(({ name }) => name)).toEqual(["grid-1", "grid-2"]);
  });

  test("may be of points from the standard input, and leaves out those that repeat", async () => {
    const { plan: made } = await plan({ overrides: [], pointsFile: "-" });
    expect(made.points.map(({ set }) => set)).toEqual([["x=5"], ["x=6"]]);
    expect(await plan({ overrides: ["x=1,2,1"] })).toMatchObject({ repeated: 1 });
  });

  test("warns of what the jobs will not have", async () => {
    repository.write({ "params.yaml": "x: 7\n" });
    repository.write({ ".dvc/config": "[core]\n    remote = far\n['remote \"far\"']\n    url = webhdfs://host/k\n" });
    await plan();
    expect(warnings).toEqual([
      "the jobs run the last commit: changes that are not committed are not part of the plan",
      expect.stringMatching(/^each job will refuse to run: .*'webhdfs' remotes are not supported/),
    ]);
  });

  test.each<[what: string, code: string, request: Partial<PlanningRequest>]>([
    ["no overrides", "NO_OVERRIDES", { overrides: [] }],
    ["a sweep of nothing", "EMPTY_SWEEP", { overrides: ["x=range(5,1)"] }],
    ["a key that is nowhere", "PARAM_UNKNOWN_KEY", { overrides: ["y=1,2"] }],
    ["a stage that is nowhere", "STAGE_NOT_FOUND", { targets: ["nope"] }],
    ["a name that can't be", "BAD_NAME", { name: "a/b" }],
    ["a path outside of the project", "OUTSIDE_PROJECT", { copyPaths: ["../store"] }],
    ["the project itself", "OUTSIDE_PROJECT", { copyPaths: ["."] }],
    ["overrides beside points", "BAD_OPTIONS", { pointsFile: "-" }],
  ])("is refused for %s", async (_what, code, request) => {
    await expect(plan(request)).rejects.toMatchObject({ code });
  });

  test("is refused where it is another than the one that was emitted", async () => {
    const { plan: made } = await plan();
    await expect(plan({ overrides: ["x=1,3"] }, planDigest(made))).rejects.toMatchObject({ code: "PLAN_DIFFERS" });
  });
});

describe("jobs that make the plan again", () => {
  test("have only what is committed in sweep.txt", async () => {
    repository.write({ "sweep.txt": "x=1,2\n" });
    const before = (await plan({ overrides: [`@${path.join(repository.folder, "sweep.txt")}`] })).plan;
    await expect(checkReplanned(planning(), before)).rejects.toMatchObject({ code: "PLAN_DIFFERS" });
    repository.commit("sweep");
    const after = (await plan({ overrides: [`@${path.join(repository.folder, "sweep.txt")}`] })).plan;
    expect(await checkReplanned(planning(), after)).toBeUndefined();
    const named = (await plan({ overrides: [`@${path.join(repository.folder, "sweep.txt")}`], name: "grid" })).plan;
    await expect(checkReplanned(planning(), named)).rejects.toMatchObject({ code: "PLAN_DIFFERS" });
    repository.write({ "sweep.txt": "x=1,2,3\n" });
    await expect(checkReplanned(planning(), after)).rejects.toMatchObject({
      message: expect.stringContaining("not committed as it is here"),
    });
    rmSync(path.join(repository.folder, "sweep.txt"));
    await expect(checkReplanned(planning(), after)).rejects.toMatchObject({ code: "PLAN_DIFFERS" });
  });
});
