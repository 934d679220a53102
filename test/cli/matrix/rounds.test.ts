/** A search in rounds of jobs, each planned in a fresh clone: what has ended is told, nothing is asked for twice. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, makeRepository, type Repository, scriptStage } from "../../rig/index.ts";
import { type Clones, withRemotes } from "./clones.ts";

const files: Files = {
  "params.yaml": "x: 9\n",
  "dvc.yaml": scriptStage("train", "train.sh"),
  // The nearer x is to 50, the better; whoever is at 0 or 1 fails.
  "train.sh": `x=$(sed -n 's/^x: //p' params.yaml)
[ "$x" -gt 1 ] || { echo "too small"; exit 3; }
d=$((x > 50 ? x - 50 : 50 - x)); echo "{\\"loss\\": $d}" > m.json; cp params.yaml out.txt
`,
};

const space = ["x=int(interval(2,100))"];
const goal = ["--metric", "m.json:loss", "--seed", "5"];

interface PlanFile {
  readonly sweep: string;
  readonly round?: { readonly ended: number; readonly trials?: number };
  readonly points: readonly { readonly i: number; readonly name: string; readonly set: readonly string[] }[];
}

const optuna = process.env.SWEEPLINE_OPTUNA || undefined;
const python = optuna === undefined ? "python3" : path.join(optuna, "bin", "python");
const hasOptuna = spawnSync(python, ["-c", "import optuna, cmaes"]).status === 0;

const planText = (clone: Repository) => readFileSync(path.join(clone.folder, "sweep.json"), "utf8");
const planIn = (clone: Repository): PlanFile => JSON.parse(planText(clone));
const setsOf = ({ points }: PlanFile) => points.map(({ set }) => set.join(" "));

class Rounds {
  constructor(
    readonly repository: Repository,
    readonly clones: Clones,
    readonly words: readonly string[],
  ) {}

  static async make(...words: readonly string[]): Promise<Rounds> {
    const repository = makeRepository({ files });
    return new Rounds(repository, await withRemotes(repository), words);
  }

  /** In a fresh clone. */
  async plan(points: number, ...more: readonly string[]): Promise<{ clone: Repository; told: string; plan: PlanFile }> {
    const clone = this.clones.clone();
    const line = ["matrix", "plan", ...this.words, "--round", String(points), "-o", "sweep.json", ...more];
    return { told: await clone.succeed(line, { env: { SWEEPLINE_PYTHON: python } }), clone, plan: planIn(clone) };
  }

  /** As jobs of one clone, then collects in that of the plan. */
  async run(plan: Repository, points: string, ends: { readonly job: number; readonly collect: number } = allDone) {
    const clone = this.clones.clone();
    clone.write({ "sweep.json": planText(plan) });
    const job = await clone.run(["matrix", "run", "--point", points]);
    const collect = await plan.run(["matrix", "collect"]);
    expect({ job: job.exitCode, collect: collect.exitCode }).toEqual(ends);
    return collect.stdout;
  }
}

const allDone = { job: 0, collect: 0 };

describe("rounds of a search", () => {
  test("are those points that `search` runs, each planned in a fresh clone, until there is no other one", async () => {
    const rounds = await Rounds.make(...space, ...goal, "--trials", "5");
    const numbers: number[] = [];
    const sets: string[] = [];
    for (const [ended, points] of [
      [0, 3],
      [3, 2],
    ] as const) {
      const { clone, plan, told } = await rounds.plan(3);
      expect(plan.round).toEqual({ ended, trials: 5 });
      expect(plan.points).toHaveLength(points);
      expect(told).toContain(`${ended} of 5 trials have ended, 0 failed.`);
      expect(told.includes("The best: ")).toBe(ended > 0);
      numbers.push(...plan.points.map(({ i }) => i));
      sets.push(...setsOf(plan));
      expect(await rounds.run(clone, `0-${points - 1}`)).toContain(`${points} of ${points} points done`);
    }
    expect(numbers).toEqual([0, 1, 2, 3, 4]);
    const line = ["matrix", "plan", ...rounds.words, "--round", "3", "-o", "sweep.json"];
    const { exitCode, stderr } = await rounds.clones.clone().run(line);
    await rounds.repository.succeed(["exp", "pull", "origin", "--no-cache"]);
    expect(await rounds.repository.succeed(["exp", "list", "--metrics", "--where", "trial == 5"])).toContain("trial 5");
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("all of its 5 trials; the best is s-")]);
    await rounds.repository.succeed(["search", ...space, ...goal, "--trials", "5", "--json"]);
    const searched = rounds.repository
      .experimentRefs()
      .map((ref) => rounds.repository.git("show", `${ref}:params.yaml`));
    expect(searched.map((text) => text.split("\n").join(" ").replaceAll(": ", "=").trim()).sort()).toEqual(sets.sort());
  });

  test("keep the points of a round that is not done, by the plan's file or without it", async () => {
    const rounds = await Rounds.make(...space, ...goal, "--trials", "9", "--sampler", "sobol");
    const { clone, plan } = await rounds.plan(4);
    await rounds.run(clone, "1-2", { job: 0, collect: 1 });
    const told = await clone.succeed(["matrix", "plan", ...rounds.words, "--round", "4", "-o", "sweep.json"]);
    expect(told).toContain("2 of them still open from the round before");
    expect(planIn(clone).points.map(({ i }) => i)).toEqual([0, 3, 4, 5]);
    expect(planIn(clone).points.slice(0, 2)).toEqual([plan.points[0], plan.points[3]]);
    const anew = await rounds.plan(4);
    expect(anew.plan.points).toEqual(planIn(clone).points);
  });

  test("count trials that failed, without asking for them again; what a stranger pushed under their names is not told", async () => {
    const rounds = await Rounds.make("x=range(0,6)", ...goal, "--trials", "6", "--sampler", "sobol");
    const first = await rounds.plan(4);
    const failed = setsOf(first.plan).filter((set) => /x=[01]$/.test(set)).length;
    expect(failed).toBeGreaterThan(0);
    const collected = await rounds.run(first.clone, "0-3", { job: 1, collect: 1 });
    expect(collected).toContain("4 of 6 trials of the search have ended: the line that planned this round");
    const folded = await first.clone.run(["matrix", "collect", "--fold", "x", "--md", "report.md"]);
    expect([folded.exitCode, folded.stdout]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^ *${4 - failed} +\\d+`, "m")),
    ]);
    expect(first.clone.read("report.md")).toContain(`| count | loss |\n|---|---|\n| ${4 - failed} | `);
    const second = await rounds.plan(4);
    expect(second.told).toContain(`4 of 6 trials have ended, ${failed} failed.`);
    expect(new Set([...setsOf(first.plan), ...setsOf(second.plan)]).size).toBe(6);
    const { clone } = second;
    const head = clone.git("rev-parse", "HEAD");
    const name = second.plan.points[0]?.name ?? "";
    clone.git("push", "--quiet", "origin", `${head}:refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${name}`);
    const again = rounds.clones.clone();
    const line = ["matrix", "plan", ...rounds.words, "--round", "4", "-o", "-"];
    const { stdout, stderr } = await again.run(line);
    expect(stderr).toContain("have names of the search and are no results of it, and do not count: 1");
    const plan: PlanFile = JSON.parse(stdout);
    expect(plan.points.map(({ i }) => i)).toEqual([5]);
  });
});

test("what has no place in a plan of rounds, or beside one, is refused in words", async () => {
  const repository = makeRepository({ files });
  const refused = async (args: readonly string[], words: string) => {
    const { exitCode, stderr } = await repository.run(["matrix", "plan", ...space, ...args]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
  };
  await refused([...goal, "--trials", "4"], "depends on results");
  await refused(["--sampler", "optuna:tpe"], "--round K plans the next K points");
  await refused([...goal, "--round", "2", "--repeat", "3"], "--repeat has no place beside --round");
  await refused(["--round", "2"], "--metric");
  await repository.succeed(["matrix", "plan", ...space, ...goal, "--round", "2", "-o", "sweep.json"]);
  const emitted = await repository.run(["matrix", "emit", "--for", "tekton"]);
  expect([emitted.exitCode, emitted.stderr]).toEqual([2, expect.stringContaining("can't be made again")]);
  expect((await repository.run(["matrix", "emit", "--for", "lines", "-o", "-"])).stdout).toBe("0\n1\n");
});

describe.skipIf(!hasOptuna)("rounds of Optuna", () => {
  test.each(["tpe", "cmaes"])("%s: what it is told comes from the remote alone", async (sampler) => {
    const words = ["x=int(interval(2,1000))", ...goal, "--sampler", `optuna:${sampler}`];
    const rounds = await Rounds.make(...words, "--trials", "16");
    const first = await rounds.plan(10);
    expect(await rounds.run(first.clone, "0-9")).toContain("10 of 10 points done");
    const second = await rounds.plan(3);
    expect(second.plan.points.map(({ i }) => i)).toEqual([10, 11, 12]);
    expect((await rounds.plan(3)).plan).toEqual(second.plan);
    expect(new Set([...setsOf(first.plan), ...setsOf(second.plan)]).size).toBe(13);
  });
});
