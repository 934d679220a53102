/** --zip, --and, --sample, --repeat, --where, --when on the command line: which words belong to which, and that the commands take them alike. */
import { expect, test } from "vitest";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

const files = { "params.yaml": "x: 1\nlr: 0.1\nseed: 42\n" };

test("each --and has its own words, up to the next option", async () => {
  const repository = makeExperimentRepository();
  const expand = async (...words: readonly string[]) => (await repository.succeed(["expand", ...words])).split("\n");
  expect(await expand("a=1", "--and", "a=2,3", "b=4", "--and=a=5", "--max-batch-size", "9", "c=6")).toEqual([
    "a=1 c=6",
    "a=2 b=4",
    "a=3 b=4",
    "a=5",
    "",
  ]);
  const { exitCode, stderr } = await repository.run(["expand", "a=1", "--sampler", "sobol"]);
  expect([exitCode, stderr]).toEqual([254, "ERROR: --sampler and --seed are for --sample N\n"]);
});

test("`exp run --queue` and `matrix plan` make the points that `expand` shows", async () => {
  const repository = makeExperimentRepository(files);
  const shape = ["--zip", "x,lr", "--repeat", "2"];
  const shown = await repository.succeed(["expand", "x=3,4", "lr=0.3,0.4", ...shape]);
  expect(shown).toBe("x=3 lr=0.3 seed=0\nx=3 lr=0.3 seed=1\nx=4 lr=0.4 seed=0\nx=4 lr=0.4 seed=1\n");
  const plan = JSON.parse(await repository.succeed(["matrix", "plan", "x=3,4", "lr=0.3,0.4", ...shape]));
  expect(plan.points).toHaveLength(4);
  expect(JSON.stringify(plan.points[3])).toContain("lr=0.4");
  const refused = await repository.run(["exp", "run", "-S", "x=3", "--repeat", "2"]);
  expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("--queue")]);
  await repository.succeed(["exp", "run", "--queue", "-S", "x=3,4", "-S", "lr=0.3,0.4", ...shape]);
  expect(queueRefs(repository)).toHaveLength(4);
});

test("a sample that is asked for again is done, a larger one runs what is new", async () => {
  const repository = makeExperimentRepository(files);
  const sample = (count: number) =>
    repository.succeed(["sweep", "x=range(2,40)", "lr=interval(0,1)", "--sample", `${count}`]);
  expect(await sample(2)).toContain("2 points, 2 new");
  expect(await sample(2)).toContain("2 points, 0 new");
  expect(await sample(3)).toContain("3 points, 1 new");
  expect(experimentNames(repository)).toHaveLength(3);
});

test("--where and --when are taken by all of them, recorded with the sweep, and refused at their place", async () => {
  const repository = makeExperimentRepository(files);
  const narrowed = ["--where", "x != 4 or lr < 0.35", "--when", "seed: x > 3"];
  const shown = await repository.succeed(["expand", "x=3,4", "lr=0.3,0.4", "seed=1,2", ...narrowed]);
  expect(shown).toBe("x=3 lr=0.3\nx=3 lr=0.4\nx=4 lr=0.3 seed=1\nx=4 lr=0.3 seed=2\n");
  const plan = JSON.parse(await repository.succeed(["matrix", "plan", "x=3,4", "lr=0.3,0.4", "seed=1,2", ...narrowed]));
  expect(plan.points).toHaveLength(4);
  const queue = ["exp", "run", "--queue", "-S", "x=3,4", "-S", "lr=0.3,0.4", "-S", "seed=1,2"];
  await repository.succeed([...queue, ...narrowed]);
  expect(queueRefs(repository)).toHaveLength(4);
  const preview = (condition: string) =>
    repository.succeed(["sweep", "x=3,4", "lr=0.3,0.4", "--where", condition, "--dry-run"]);
  const sweepOf = async (condition: string) => /s-[0-9a-f]{12}/.exec(await preview(condition))?.[0];
  expect(await sweepOf("x > 3")).toBe(await sweepOf("x > 3"));
  expect(await sweepOf("x > 3")).not.toBe(await sweepOf("x >= 4"));
  const refused = await repository.run(["sweep", "x=3,4", "--where", "y > 3"]);
  expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("no override sets 'y'")]);
  const empty = await repository.run(["sweep", "x=3,4", "--where", "x > 5"]);
  expect([empty.exitCode, empty.stderr]).toEqual([255, expect.stringContaining("the sweep has no points")]);
  const unread = await repository.run(["expand", "x=3,4", "--when", "x"]);
  expect([unread.exitCode, unread.stderr]).toEqual([254, expect.stringContaining("a key and a condition")]);
});

test("replicas are one row of the table, with mean, spread and count, that an option opens", async () => {
  const repository = makeExperimentRepository({
    ...files,
    "dvc.yaml": `stages:
  train:
    cmd: echo "{\\"score\\":$(sed -n 's/^x. //p' params.yaml)$(sed -n 's/^seed. //p' params.yaml)}" > m.json
    params: [x, lr, seed]
    metrics: [{m.json: {cache: false}}]
`,
  });
  const line = ["sweep", "x=3,4", "--repeat", "3"];
  const folded = (await repository.succeed([...line, "--sort-by", "x", "--sort-order", "desc"])).split("\n");
  const head = folded.findIndex((row) => row.startsWith("x "));
  expect(folded.slice(head, head + 3).map((row) => row.trim().split(/ {2,}/))).toEqual([
    ["x", "count", "score"],
    ["4", "3", "41 ± 1"],
    ["3", "3", "31 ± 1"],
  ]);
  const opened = await repository.succeed([...line, "--no-fold"]);
  expect(opened.match(/^ *[├└]──/gm)).toHaveLength(6);
  const csv = await repository.succeed([
    "exp",
    "show",
    "--fold",
    "seed",
    "--best",
    "score",
    "--max",
    "--top",
    "1",
    "--csv",
  ]);
  expect(csv).toBe("x,count,score mean,score spread\r\n4,3,41.0,1.0\r\n");
  const [sweep = ""] = /s-[0-9a-f]{12}/.exec(opened) ?? [];
  expect(await repository.succeed(["sweep", "show", sweep, "--fold", "seed"])).toContain("41 ± 1");
  expect(await repository.succeed(["exp", "show", "--csv"])).not.toContain("count");
});
