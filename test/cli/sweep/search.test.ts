/** `sweepline search`: goes on wherever it was killed, counts what is known, and says what it needs. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Files, makeRepository, type Repository, scriptStage } from "../../rig/index.ts";
import { gitProcesses, tinyPipeline } from "../../rig/many.ts";
import { experimentNames } from "../exp-project.ts";

const files: Files = {
  "params.yaml": "x: 1\no: a\n",
  "dvc.yaml": scriptStage("train", "train.sh"),
  // Less is better, the nearer x is to 50; twice as much for b.
  "train.sh": `x=$(sed -n 's/^x: //p' params.yaml); o=$(sed -n 's/^o: //p' params.yaml)
d=$((x > 50 ? x - 50 : 50 - x)); [ "$o" = b ] && d=$((d * 2))
echo "{\\"loss\\": $d, \\"size\\": $x}" > m.json; cp params.yaml out.txt
`,
};

const line = ["search", "x=int(interval(0,100))", "o=a,b", "--metric", "m.json:loss", "--seed", "5"];

interface Trial {
  readonly type: string;
  readonly name: string;
  readonly number: number;
  readonly values?: Readonly<Record<string, number>>;
  readonly total?: number;
  readonly left?: { readonly ms: number; readonly by: string };
}
interface Ended {
  readonly trials: number;
  readonly best: readonly { readonly trial: number; readonly values: readonly number[] }[];
}

function eventsOf(text: string): readonly Trial[] {
  return text
    .trim()
    .split("\n")
    .map((row): Trial => JSON.parse(row));
}

/** Names are drawn anew, and tell nothing here. */
function endOf(text: string): Ended {
  const { trials, best }: Ended = JSON.parse(text.trim().split("\n").at(-1) ?? "");
  return { trials, best: best.map(({ trial, values }) => ({ trial, values })) };
}

let made: Repository;
beforeAll(() => {
  made = makeRepository({ files });
});

describe("a search", () => {
  test("killed between any two trials goes on: as many trials, none twice, the same best", async () => {
    const whole = made.copy();
    const first = await whole.succeed([...line, "--trials", "4", "--json"]);
    const trials = eventsOf(first).filter(({ type }) => type === "trial");
    expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(trials.map(({ total, left }) => [total, left?.by])).toEqual(trials.map(() => [4, "trials"]));
    expect(trials.at(-1)?.left?.ms).toBe(0);
    const killed = made.copy();
    for (const after of ["trial 1 of 4", "trial 2 of 4"]) {
      const running = killed.start([...line, "--trials", "4"]);
      await running.printed(after);
      expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
    }
    const end = endOf(await killed.succeed([...line, "--trials", "4", "--json"]));
    expect(end).toEqual(endOf(first));
    expect(experimentNames(killed)).toHaveLength(4);
    const more = await killed.succeed([...line, "--trials", "6", "--dry-run"]);
    expect(more).toContain("4 finished, 0 failed, 0 queued, 2 more trials");
    expect(more).toContain("incomplete");
    expect(endOf(await killed.succeed([...line, "--trials", "5", "--json"])).trials).toBe(5);
  });

  test("begins with points that are given, counts what another sweep made, ends where the space does", async () => {
    const repository = made.copy();
    await repository.succeed(["sweep", "x=50", "o=a,b"]);
    const space = ["search", "x=50,60", "o=a,b", "--metric", "loss", "--try", "x=60,o=b", "--trials", "9", "--json"];
    const text = await repository.succeed(space);
    const trials = eventsOf(text).filter(({ type }) => type === "trial");
    expect(trials).toHaveLength(4);
    expect(trials[0]?.values).toEqual({ loss: 20 });
    expect(eventsOf(text).filter(({ type }) => type === "started")).toHaveLength(2);
    expect(endOf(text).best.map(({ values }) => values)).toEqual([[0]]);
  });

  test("that only its time ends counts up to nothing, and says how much time is left", async () => {
    const text = await made.copy().succeed(["search", "x=20,40", "--metric", "loss", "--time", "2h", "--json"]);
    const [planned, ...events] = eventsOf(text);
    expect(planned?.total).toBe(0);
    const trials = events.filter(({ type }) => type === "trial");
    expect(trials.map(({ number, total, left }) => [number, total, left?.by])).toEqual([
      [1, undefined, "time"],
      [2, undefined, "time"],
    ]);
  });

  test("several metrics have a front; what breaks a constraint is not the best; a table is shown", async () => {
    const repository = made.copy();
    const space = [
      "search",
      "x=20,40,60",
      "--metric",
      "loss",
      "--metric",
      "size",
      "--direction",
      "minimize",
      "--trials",
      "3",
    ];
    const { best } = endOf(await repository.succeed([...space, "--json"]));
    expect(best.map(({ values }) => values)).toEqual([
      [10, 40],
      [30, 20],
    ]);
    const constrained = ["search", "x=20,40,60", "--metric", "loss", "--constraint", "size < 40", "--trials", "3"];
    const shown = await repository.succeed(constrained);
    expect(shown).toMatch(/loss=30\.?/);
    expect(shown).toContain("The best: ");
  });

  test("numbers its trials in tables, JSON and conditions as it does while it runs; what a sweep made has a number there only", async () => {
    const repository = made.copy();
    const space = ["search", "x=20,40,60", "--metric", "loss", "--try", "x=60", "--seed", "1", "--trials", "2"];
    const shown = await repository.succeed(space);
    expect(shown).toMatch(/Trial +loss/);
    const told = [...shown.matchAll(/trial (\d) of 2, ([a-z]+-[a-z]+):/g)].map(([, number, name]) => [name, number]);
    expect(told).toHaveLength(2);
    const rows = await repository.succeed(["exp", "show", "--columns", "trial", "--where", "trial >= 1", "--csv"]);
    const listed = rows.split("\r\n").filter((row) => /,\d$/.test(row));
    expect(listed.sort()).toEqual(told.map((one) => one.join(",")).sort());
    const json = await repository.succeed(["exp", "show", "--where", "trial == 1", "--json"]);
    const [first] = JSON.parse(json).at(-1).experiments;
    expect([first.name, first.trial]).toEqual(told[0]?.[1] === "1" ? [told[0]?.[0], 1] : [told[1]?.[0], 1]);
    const id = /Search (s-\w+):/.exec(shown)?.[1] ?? "";
    const headed = await repository.succeed(["sweep", "show", id]);
    expect(headed).toMatch(/^Search s-[\s\S]*\n2 trials: 2 success; [\s\S]*\nKeys: x\n[\s\S]*Trial +loss/);
    await repository.succeed(["sweep", "x=7"]);
    expect(await repository.succeed(["exp", "list", "--metrics", "--where", "trial == null"])).toMatch(/\] {2}loss=43/);
    expect(await repository.succeed(["exp", "list", "--metrics"])).toMatch(/\] {2}trial 1 loss=10/);
    expect(await repository.succeed(["search", "x=7", "--metric", "loss", "--trials", "1"])).toMatch(/1 +43/);
  });

  test("runs a point that is given twice once, warns of one outside of its values, and says which metric there is not", async () => {
    const repository = made.copy();
    const space = ["search", "x=20,40,60", "--trials", "2", "--try", "x=7", "--try", "x=40", "--try", "x=40"];
    const { stdout, stderr } = await repository.run([...space, "--metric", "loss", "--constraint", "zing < 3"]);
    expect(stderr).toContain("--try x=7: not all of its values");
    expect(stdout).toMatch(/trial 1 of 2, \S+: loss=43, breaks a constraint, has no metric 'zing'/);
    expect(stdout).toMatch(/2 trials, none of them with a result that counts.\nThey have no metric 'zing'/);
    expect(experimentNames(repository)).toHaveLength(2);
  });

  test("costs one git process a trial more than a sweep's point", async () => {
    const processes = (args: readonly string[]) => gitProcesses(makeRepository({ files: tinyPipeline }), args);
    const space = ["search", "x=int(interval(0,100000))", "--metric", "loss"];
    const trial = (await processes([...space, "--trials", "12"])) - (await processes([...space, "--trials", "2"]));
    const point = (await processes(["sweep", "x=range(12)"])) - (await processes(["sweep", "x=range(2)"]));
    expect(trial / 10).toBeLessThanOrEqual(point / 10 + 1);
  });

  test("says what is missing, and that Optuna is", async () => {
    const repository = made.copy();
    const refused = async (args: readonly string[], code: number, words: string) => {
      const { exitCode, stderr } = await repository.run(args, { env: { SWEEPLINE_PYTHON: "/nowhere/python" } });
      expect([exitCode, stderr]).toEqual([code, expect.stringContaining(words)]);
    };
    await refused(["search", "x=1,2", "--trials", "3"], 254, "--metric");
    await refused(["search", "x=1,2", "--metric", "loss"], 254, "--trials or --time");
    await refused(["search", "--metric", "loss", "--trials", "3"], 254, "a search needs overrides, or a file of them");
    await refused(["search", "x=1,2", "--metric", "zing", "--trials", "3"], 254, "Add --direction");
    const loss = ["--metric", "loss", "--trials", "3"];
    await refused(["search", "x=1,2", ...loss, "--try", "q=1"], 254, "has no 'q'");
    await refused(["search", "x=1,2", ...loss, "--try", "x=1,2"], 254, "is several points");
    await refused(["search", "x=1,2", ...loss, "--metric", "loss"], 254, "twice");
    await refused(["search", "q=1,2", ...loss, "--dry-run"], 255, "'q' is not in params.yaml");
    await refused(
      ["search", "x=1,2", "--metric", "loss", "--trials", "3", "--sampler", "optuna:tpe"],
      255,
      "pip install",
    );
  });
});
