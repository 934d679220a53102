import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildGraph, outputTree } from "../../../src/pipeline/graph/graph.ts";
import { planStages } from "../../../src/pipeline/graph/plan.ts";
import { createSchedule } from "../../../src/pipeline/graph/schedule.ts";
import type { Stage } from "../../../src/pipeline/types.ts";

const root = "/project";

function stage(name: string, facts: { deps?: string[]; outs?: string[]; frozen?: boolean; file?: string } = {}): Stage {
  const { deps = [], outs = [], frozen = false, file = "dvc.yaml" } = facts;
  return {
    address: name,
    name,
    file,
    workingFolder: root,
    cmd: "true",
    deps,
    params: [],
    outs: outs.map((path) => ({ path, kind: "out", cache: true, persist: false })),
    frozen,
    alwaysChanged: false,
  };
}

function graphOf(...stages: readonly Stage[]) {
  return buildGraph(outputTree(root, stages), stages);
}

function needs(...stages: readonly Stage[]) {
  return Object.fromEntries(graphOf(...stages).needs);
}

describe("edges", () => {
  test("an output that is a dependency", () => {
    expect(needs(stage("a", { outs: ["x"] }), stage("b", { deps: ["x"] }))).toEqual({ a: [], b: ["a"] });
  });

  test("a file inside an output folder, and a folder that holds outputs", () => {
    const made = [stage("a", { outs: ["data/one"] }), stage("b", { outs: ["data/two"] })];
    expect(needs(...made, stage("c", { deps: ["data/one/f.csv"] }), stage("d", { deps: ["data"] }))).toMatchObject({
      c: ["a"],
      d: ["a", "b"],
    });
  });

  test("names that begin alike are different files", () => {
    expect(needs(stage("a", { outs: ["data"] }), stage("b", { deps: ["database"] })).b).toEqual([]);
  });
});

describe("refusals name both places", () => {
  test("one output of two stages", () => {
    expect(() => graphOf(stage("a", { outs: ["x"] }), stage("b", { outs: ["x"], file: "sub/dvc.yaml" }))).toThrow(
      "output 'x' is specified in:\n\t- stage 'a' in 'dvc.yaml'\n\t- stage 'b' in 'sub/dvc.yaml'",
    );
  });

  test.each([
    [["data"], ["data/x"]],
    [["data/x"], ["data"]],
  ])("an output inside another: %j and %j", (one, two) => {
    expect(() => graphOf(stage("a", { outs: one }), stage("b", { outs: two }))).toThrow(/'data' \(stage.*\n'data\/x'/);
  });

  test("a circle, with all of its stages", () => {
    const circle = [
      stage("a", { deps: ["z"], outs: ["x"] }),
      stage("b", { deps: ["x"], outs: ["y"] }),
      stage("c", { deps: ["y"], outs: ["z"] }),
    ];
    expect(() => graphOf(...circle)).toThrow(/circle of stages: a, c, b/);
  });

  test("a stage that reads what it writes", () => {
    expect(() => graphOf(stage("a", { deps: ["x"], outs: ["x"] }))).toThrow(/circle of stages: a\./);
  });

  test("a pipeline file inside an output", () => {
    expect(() => graphOf(stage("a", { outs: ["sub"] }), stage("b", { file: "sub/dvc.yaml" }))).toThrow(
      "stage 'b' in 'sub/dvc.yaml' is within an output 'sub'",
    );
  });
});

describe("plan", () => {
  const chain = [
    stage("late", { deps: ["y"] }),
    stage("first", { outs: ["x"] }),
    stage("other"),
    stage("middle", { deps: ["x"], outs: ["y"] }),
  ];
  const steps = (request: Parameters<typeof planStages>[1], stages = chain) =>
    planStages(graphOf(...stages), request).steps;

  test("file order, but after what is needed", () => {
    expect(steps({ targets: undefined, extent: "with-dependencies" })).toEqual(["first", "middle", "late", "other"]);
  });

  test("a target with what it needs, alone, with what needs it, with all that is connected", () => {
    const targets = ["middle"];
    expect(steps({ targets, extent: "with-dependencies" })).toEqual(["first", "middle"]);
    expect(steps({ targets, extent: "targets-only" })).toEqual(["middle"]);
    expect(steps({ targets, extent: "downstream" })).toEqual(["middle", "late"]);
    expect(steps({ targets, extent: "connected" })).toEqual(["first", "middle", "late"]);
  });

  test("a frozen stage does not wait for its dependencies", () => {
    const frozen = chain.map((each) => (each.name === "middle" ? { ...each, frozen: true } : each));
    expect(steps({ targets: ["late"], extent: "with-dependencies" }, frozen)).toEqual(["middle", "late"]);
  });

  test("a chain of 20,000 stages does not exhaust the stack", () => {
    const long = Array.from({ length: 20_000 }, (_, index) =>
      stage(`s${index}`, { deps: index === 0 ? [] : [`o${index - 1}`], outs: [`o${index}`] }),
    ).reverse();
    const inOrder = Array.from({ length: 20_000 }, (_, index) => `s${index}`);
    expect(steps({ targets: undefined, extent: "with-dependencies" }, long)).toEqual(inOrder);
  });
});

/** Stages whose dependencies point backwards in a hidden order, so there is no circle. */
const acyclic = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 }).map((edges) =>
  edges.map((targets, index) =>
    stage(`s${index}`, {
      deps: index === 0 ? [] : [...new Set(targets.map((target) => `o${target % index}`))],
      outs: [`o${index}`],
    }),
  ),
);

test("any plan, run with any number of jobs, is never stuck and starts nothing too early", () => {
  fc.assert(
    fc.property(acyclic, fc.integer({ min: 1, max: 4 }), fc.nat(), (stages, jobs, seed) => {
      const plan = planStages(graphOf(...stages), { targets: undefined, extent: "with-dependencies" });
      const schedule = createSchedule(plan);
      const running: string[] = [];
      const done = new Set<string>();
      for (let turn = seed; done.size < stages.length; turn++) {
        for (let next = schedule.take(); next !== undefined; next = schedule.take()) {
          expect(plan.needs.get(next)?.every((need) => done.has(need))).toBe(true);
          running.push(next);
          if (running.length >= jobs) break;
        }
        const [ended] = running.splice(turn % Math.max(1, running.length), 1);
        if (ended === undefined) throw new Error("stuck");
        done.add(ended);
        schedule.finish(ended);
      }
    }),
  );
});

test("a failed step takes those off that need it, others go on", () => {
  const stages = [
    stage("a", { outs: ["x"] }),
    stage("b", { deps: ["x"], outs: ["y"] }),
    stage("c", { deps: ["y"] }),
    stage("d"),
  ];
  const schedule = createSchedule(planStages(graphOf(...stages), { targets: undefined, extent: "with-dependencies" }));
  expect(schedule.take()).toBe("a");
  expect(schedule.skipDependents("a")).toEqual(["b", "c"]);
  expect(schedule.take()).toBe("d");
  expect(schedule.take()).toBeUndefined();
});

test("a pipeline file inside of an output is refused", () => {
  const inside = stage("b", { file: "d/dvc.yaml" });
  expect(() => graphOf(stage("a", { outs: ["d"] }), inside)).toThrow(
    expect.objectContaining({ code: "STAGE_INSIDE_OUTPUT" }),
  );
});
