/** Decisions beside those that Optuna's own pruners made on the same curves, recorded step by step. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isHopeless, type StepCurve, type StoppingPolicy } from "../../../src/run/stopping/rules.ts";

interface Recording {
  readonly rule: StoppingPolicy["rule"];
  readonly direction: "minimize" | "maximize";
  readonly reduction: number;
  readonly minSteps: number;
  /** Of a whole run. */
  readonly steps: number;
  readonly log: readonly (readonly [run: number, step: number, value: number, stopped: boolean])[];
}

const recorded = readFileSync(new URL("data/optuna-decisions.json", import.meta.url), "utf8");
const { recordings }: { readonly recordings: readonly Recording[] } = JSON.parse(recorded);

const python = process.env.SWEEPLINE_OPTUNA ? path.join(process.env.SWEEPLINE_OPTUNA, "bin", "python") : "python3";
const hasOptuna = spawnSync(python, ["-c", "import optuna"]).status === 0;

test.skipIf(!hasOptuna)("the recordings are what Optuna decides (SWEEPLINE_OPTUNA)", () => {
  const script = path.join(import.meta.dirname, "data", "decide_with_optuna.py");
  const { stdout } = spawnSync(python, [script], { input: recorded, encoding: "utf8" });
  expect(JSON.parse(stdout).recordings).toEqual(recordings);
});

test.each(recordings.map((recording, at) => [at, recording] as const))("recording %i", (_, recording) => {
  const { rule, direction, reduction, minSteps, steps, log } = recording;
  const policy: StoppingPolicy = { rule, reduction, minSteps, goal: { metric: "m", direction } };
  const curves = new Map<number, StepCurve>();
  for (const [run, step, value, stopped] of log) {
    const known = curves.get(run)?.steps ?? [];
    const own: StepCurve = { steps: [...known, { step, value }], state: "running" };
    const others = [...curves].filter(([other]) => other !== run).map(([, curve]) => curve);
    expect([run, step, isHopeless(policy, own, others)]).toEqual([run, step, stopped]);
    curves.set(run, { ...own, state: stopped ? "ended" : step === steps ? "finished" : "running" });
  }
});

describe("beside the recordings", () => {
  const minimize = { metric: "loss", direction: "minimize" } as const;
  const curve = (...values: readonly number[]): StepCurve => ({
    steps: values.map((value, at) => ({ step: at + 1, value })),
    state: "running",
  });

  test("halving waits until so many have come to a rung as one of them is to go on", () => {
    const policy: StoppingPolicy = { rule: "halving", goal: minimize, minSteps: 1, reduction: 3 };
    expect(isHopeless(policy, curve(9), [curve(1)])).toBe(false);
    expect(isHopeless(policy, curve(9), [curve(1), curve(2)])).toBe(true);
    expect(isHopeless({ ...policy, rule: "asha" }, curve(9), [curve(1)])).toBe(true);
  });

  test("nothing is ended before --min-steps; a value that is none ends the run at the next rung", () => {
    const policy: StoppingPolicy = { rule: "asha", goal: minimize, minSteps: 2, reduction: 2 };
    expect(isHopeless(policy, curve(9), [curve(1, 1)])).toBe(false);
    expect(isHopeless(policy, curve(9, 9), [curve(1, 1)])).toBe(true);
    expect(isHopeless(policy, curve(9, Number.NaN), [])).toBe(true);
  });

  test("a step that nobody saw is decided on the next one that somebody did", () => {
    const policy: StoppingPolicy = { rule: "asha", goal: minimize, minSteps: 2, reduction: 2 };
    const skipping: StepCurve = {
      steps: [
        { step: 1, value: 9 },
        { step: 5, value: 9 },
      ],
      state: "running",
    };
    expect(isHopeless(policy, skipping, [curve(5, 4, 3, 2)])).toBe(true);
  });
});
