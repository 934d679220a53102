import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitPlan } from "../../src/ci/emit/emit.ts";
import { jobLimits, systems } from "../../src/ci/limits.ts";
import { packShards, parseShard, shardText } from "../../src/ci/shards.ts";
import { planOf, planOfSize } from "./emission.ts";

const request = {
  maxJobs: undefined,
  folder: "",
  planFile: "sweep.json",
  parallel: undefined,
  template: undefined,
  packageSpec: "sweepline",
};

describe("packing points into jobs", () => {
  it("puts every point into exactly one job, evenly, within the limit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 2_000 }), (points, maxJobs) => {
        const shards = packShards(points, maxJobs);
        expect(shards.length).toBe(Math.min(points, maxJobs));
        let next = 0;
        const sizes = new Set<number>();
        for (const { first, last } of shards) {
          expect(first).toBe(next);
          expect(last).toBeGreaterThanOrEqual(first);
          sizes.add(last - first + 1);
          next = last + 1;
        }
        expect(next).toBe(points);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("reads back what it writes, and nothing else", () => {
    fc.assert(
      fc.property(fc.nat(9_999), fc.nat(9_999), (a, b) => {
        const shard = { first: Math.min(a, b), last: Math.max(a, b) };
        expect(parseShard(shardText(shard), 10_000)).toEqual(shard);
      }),
    );
    for (const text of ["", "-1", "1-", "3-2", "0-10", "10", "1,2", "0x1", " 1", "1e1", "0-1-2", "007", "0-03"])
      expect(() => parseShard(text, 10)).toThrow(expect.objectContaining({ code: "BAD_POINT", exitCode: 2 }));
  });
});

/** The points that an emitted text names, wherever they stand: a job's range is all that looks like one. */
function pointsIn(system: string, text: string): string[] {
  if (system === "slurm" || system === "kubernetes") return rangesByIndex(text);
  if (system === "github") return [...text.matchAll(/"point":"([\d-]+)"/g)].map(([, point]) => point ?? "");
  if (system === "azure") return [...text.matchAll(/"POINT":"([\d-]+)"/g)].map(([, point]) => point ?? "");
  if (system === "lines") return text.trim().split("\n");
  if (system === "json" || system === "jenkins") return JSON.parse(text) as string[];
  if (system === "tekton") return [...text.matchAll(/value: "([\d-]+)"/g)].map(([, point]) => point ?? "");
  if (system === "buildkite") return [...text.matchAll(/POINT: "([\d-]+)"/g)].map(([, point]) => point ?? "");
  return [...text.matchAll(/(?:POINT|point): \[("[^\]]*)\]/g)].flatMap(
    ([, list]) => JSON.parse(`[${list}]`) as string[],
  );
}

/** Runs the arithmetic of a script for each index, in a real shell. */
function rangesByIndex(text: string): string[] {
  const jobs = Number(/--array=0-(\d+)/.exec(text)?.[1] ?? Number(/completions: (\d+)/.exec(text)?.[1]) - 1) + 1;
  const index = text.includes("SLURM_ARRAY_TASK_ID") ? "SLURM_ARRAY_TASK_ID" : "JOB_COMPLETION_INDEX";
  const choose = text.split("\n").filter((line) => /^\s*(first|last|POINT)=/.test(line));
  const script = `i=0; while [ $i -lt ${jobs} ]; do ${index}=$i; ${choose.join(";")}; echo "$POINT"; i=$((i + 1)); done`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim().split("\n");
}

function expandRange(text: string): number[] {
  const [first = 0, last = first] = text.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

describe.each(systems)("emitting for %s", (system) => {
  it("names every point exactly once, in no more jobs than allowed", () => {
    const sizes = fc.integer({ min: 1, max: 700 });
    const limits = fc.option(fc.integer({ min: 1, max: 256 }), { nil: undefined });
    fc.assert(
      fc.property(sizes, limits, (points, maxJobs) => {
        const plan = planOfSize(points);
        const { text, jobs } = emitPlan(plan, { ...request, system, maxJobs });
        const named = pointsIn(system, text);
        expect(named.length).toBe(jobs);
        expect(jobs).toBeLessThanOrEqual(maxJobs ?? jobLimits[system].maxJobs);
        expect(named.flatMap(expandRange)).toEqual(plan.points.map(({ i }) => i));
      }),
      { numRuns: 20 },
    );
  });

  it("says nothing of a value, a key or a name", () => {
    const word = fc.stringMatching(/^q[a-z0-9]{9,14}$/);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 6 }), word, word, (values, key, name) => {
        const plan = planOf([`${key}=${values.join(",")},x`], name);
        const { text } = emitPlan(plan, { ...request, system });
        for (const secret of [...values, key, name]) expect(text).not.toContain(secret);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses an empty plan, and more jobs than there can be", () => {
    const empty = { ...planOfSize(1), points: [] };
    expect(() => emitPlan(empty, { ...request, system })).toThrow(
      expect.objectContaining({ code: "EMPTY_SWEEP", exitCode: 2 }),
    );
    const many = () => emitPlan(planOfSize(3), { ...request, system, maxJobs: jobLimits[system].maxJobs + 1 });
    if (jobLimits[system].kind === "hard")
      expect(many).toThrow(expect.objectContaining({ code: "TOO_MANY_JOBS", exitCode: 2 }));
    else expect(many().jobs).toBe(3);
    expect(jobLimits[system].source).not.toBe("");
  });
});
