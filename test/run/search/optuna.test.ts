/** Points of Optuna, by its own Python: SWEEPLINE_OPTUNA names the folder of an environment that has it. */
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type OptunaRequest, type OptunaSampler, optunaProposer } from "../../../src/run/search/optuna.ts";
import type { Proposer } from "../../../src/run/search/proposer.ts";
import { readArguments } from "../../../src/sweep/expand.ts";
import { searchSpace } from "../../../src/sweep/space.ts";
import { makeRepository } from "../../rig/index.ts";

const folder = process.env.SWEEPLINE_OPTUNA || undefined;
const python = folder === undefined ? "python3" : path.join(folder, "bin", "python");
const hasOptuna = spawnSync(python, ["-c", "import optuna, cmaes"]).status === 0;

const space = searchSpace([...readArguments(["x=interval(-5.0,10.0)", "y=interval(0.0,15.0)"], {})], {});
const opened: Proposer[] = [];
afterEach(() => {
  for (const proposer of opened.splice(0)) proposer.close();
});

const single = { directions: ["minimize"], constraints: "none" } as const;

async function open(
  sampler: OptunaSampler,
  seed: number,
  by = python,
  { directions, constraints }: Pick<OptunaRequest, "directions" | "constraints"> = single,
): Promise<Proposer> {
  const request = { sampler, seed, directions, constraints, trials: "one by one", python: by } as const;
  const proposer = await optunaProposer(space, request);
  opened.push(proposer);
  return proposer;
}

/** Branin's function: least, 0.397887, at (-pi, 12.275), (pi, 2.275) and (9.42478, 2.475). */
function branin(shares: readonly number[]): number {
  const [x = 0, y = 0] = space.at(shares).map(({ edit }) => Number(edit.value));
  const a = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

interface Trial {
  readonly number: number;
  readonly shares: readonly number[];
  readonly values: readonly number[];
  readonly isFeasible: boolean;
}

type Rated = Pick<Trial, "values" | "isFeasible">;
const byBranin = (shares: readonly number[]): Rated => ({ values: [branin(shares)], isFeasible: true });

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

async function go(proposer: Proposer, from: number, to: number, rate = byBranin): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (let number = from; number < to; number++) {
    const shares = await proposer.ask(number, 0);
    const trial = { number, shares, ...rate(shares) };
    await proposer.tell(trial);
    trials.push(trial);
  }
  return trials;
}

describe.skipIf(!hasOptuna)("with Optuna (SWEEPLINE_OPTUNA)", () => {
  test.each(["tpe", "cmaes"] as const)(
    "%s: who tells what came of earlier trials gets the same points",
    async (sampler) => {
      const whole = await go(await open(sampler, 3), 0, 24);
      const resumed = await open(sampler, 3);
      for (const trial of whole.slice(0, 15)) await resumed.tell(trial);
      expect(await go(resumed, 15, 24)).toEqual(whole.slice(15));
      expect(await go(await open(sampler, 4), 0, 3)).not.toEqual(whole.slice(0, 3));
    },
  );

  test("tpe is as good on Branin's function as Optuna alone: 60 trials, the median of 20 seeds", async () => {
    const best: number[] = [];
    for (let seed = 0; seed < 20; seed++)
      best.push(Math.min(...(await go(await open("tpe", seed), 0, 60)).map(({ values }) => values[0] ?? 0)));
    const alone = spawnSync(python, [path.join(import.meta.dirname, "data", "branin_alone.py")], { encoding: "utf8" });
    const theirs: readonly number[] = JSON.parse(alone.stdout);
    expect(theirs).toHaveLength(20);
    // Both are medians of chance: within the spread of theirs.
    expect(quantile(best, 0.5)).toBeLessThanOrEqual(quantile(theirs, 0.75));
  });

  test("several metrics and constraints: who goes on with a seeded search gets the same points", async () => {
    const several = { directions: ["minimize", "maximize"], constraints: "some" } as const;
    const rate = (shares: readonly number[]) => ({
      values: [branin(shares), shares[0] ?? 0],
      isFeasible: (shares[1] ?? 0) < 0.75,
    });
    const whole = await go(await open("tpe", 5, python, several), 0, 30, rate);
    const resumed = await open("tpe", 5, python, several);
    for (const trial of whole.slice(0, 17)) await resumed.tell(trial);
    expect(await go(resumed, 17, 30, rate)).toEqual(whole.slice(17));
  });
});

const hasTorch = spawnSync(python, ["-c", "import torch, scipy"]).status === 0;

test.skipIf(!hasOptuna || hasTorch)("gp without torch: it is said what to install", async () => {
  await expect(open("gp", 0)).rejects.toThrow(
    expect.objectContaining({
      code: "OPTUNA_MISSING",
      message: expect.stringMatching(/^optuna:gp needs Python with optuna and scipy and torch: .*torch/),
      hint: expect.stringContaining(`${python} -m pip install optuna scipy torch`),
    }),
  );
});

test.skipIf(!hasOptuna || !hasTorch)("gp: who goes on with a seeded search gets the same points", async () => {
  const whole = await go(await open("gp", 3), 0, 14);
  const resumed = await open("gp", 3);
  for (const trial of whole.slice(0, 12)) await resumed.tell(trial);
  expect(await go(resumed, 12, 14)).toEqual(whole.slice(12));
});

test("without Optuna, or without Python, it is said what to install", async () => {
  await expect(open("tpe", 0, "/nowhere/python")).rejects.toThrow(
    expect.objectContaining({ code: "OPTUNA_MISSING", hint: expect.stringContaining("pip install optuna") }),
  );
});

test.skipIf(process.platform === "win32")(
  "a helper that ends, or answers no JSON, is told with its words",
  async () => {
    const repository = makeRepository({
      files: {
        "ends.sh": "#!/bin/sh\nread line; echo '{}'; echo 'out of luck' >&2; exit 3\n",
        "talks.sh": "#!/bin/sh\nread line; echo '{}'; read line; echo hello; read line\n",
      },
    });
    for (const [name, words] of [
      ["ends.sh", "it ended with 3 (out of luck)"],
      ["talks.sh", "it answered 'hello'"],
    ] as const) {
      const file = path.join(repository.folder, name);
      chmodSync(file, 0o755);
      const asking = (await open("tpe", 0, file)).ask(0, 0);
      await expect(asking).rejects.toThrow(
        expect.objectContaining({ code: "HELPER_ENDED", message: expect.stringContaining(words) }),
      );
    }
  },
);
