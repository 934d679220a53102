/** --stop-early: hopeless runs are ended, kept as far as they came, and never run again by themselves. */
import { beforeAll, expect, test } from "vitest";
import { type Files, makeRepository, type Repository, scriptStage } from "../../rig/index.ts";
import { checkout } from "../../rig/process.ts";
import { inChain, makeTraining, training } from "../checkpoint-project.ts";

// What is larger than 3 never ends by itself: it is ended, or the test waits for ever.
const files: Files = {
  "params.yaml": "x: 1\n",
  "dvc.yaml": scriptStage("train", "train.sh"),
  "train.sh": `x=$(sed -n 's/^x: //p' params.yaml)
echo "{\\"loss\\": $x}" > m.json; cp params.yaml out.txt
for step in 1 2 3; do node "$SWEEPLINE_BIN" report loss=$x --step $step || exit 1; done
while [ "$x" -gt 3 ]; do sleep 1; done
`,
};
const env = { SWEEPLINE_BIN: `${checkout}bin/sweepline.js` };
const stopping = ["--stop-early", "asha", "--metric", "m.json:loss", "--min-steps", "2"];

let repository: Repository;
beforeAll(() => {
  repository = makeRepository({ files });
});

test("a run that is not among the best at its step is ended and kept", async () => {
  const first = await repository.succeed(["sweep", "x=1,5", ...stopping], { env });
  expect(first).toMatch(/stopped early by asha after step \d: loss=5/);
  expect(first).toContain("2 succeeded, 0 failed");
  expect(first).toMatch(/Stopped at \d +5/);
  expect(await repository.succeed(["sweep", "x=1,5", ...stopping], { env })).toContain("2 points, 0 new");
  expect(await repository.succeed(["sweep", "list"], { env })).toContain("2 success (1 stopped early)");
  const shown = await repository.succeed(["exp", "show", "--where", "stopped", "--csv"]);
  expect(shown.split("\n").filter((line) => line.includes(",Stopped,"))).toHaveLength(1);
  // In the id of another sweep nothing was reported before: x=3 is the first that comes to a step, and x=6 is behind it.
  const other = await repository.succeed(["sweep", "x=3,6", ...stopping], { env });
  expect(other).toMatch(/stopped early by asha after step \d: loss=6/);
});

test("one with checkpoints is stopped as any other, and goes on where it is applied", async () => {
  const report = `node "$SWEEPLINE_BIN" report loss=$lr --step "$i" || exit 1; while [ "$lr" = 6 ] && [ ! -e "$HOME/go" ]; do sleep 0.1; done`;
  const trained = makeTraining(training({ each: report }));
  const line = ["sweep", "-n", "p", "lr=1,6", "--stop-early", "asha", "--metric", "loss", "--min-steps", "1"];
  expect(await trained.succeed(line, { env })).toMatch(/stopped early by asha after step 1/);
  const stopped = async () => {
    const rows = (await trained.succeed(["exp", "show", "--where", "stopped", "--csv"])).split("\n");
    return rows.flatMap((row) => /^(p-\d),/.exec(row)?.[1] ?? []);
  };
  expect(await stopped()).toEqual(["p-2"]);
  expect(inChain(trained, "p-2", "metrics.json")).toEqual(['{"epoch": 1}']);
  await trained.succeed(["exp", "apply", "p-2"]);
  trained.write({ "../home/go": "" });
  expect(await trained.succeed(["exp", "run"], { env })).toContain("'p-2' will be resumed");
  expect(inChain(trained, "p-2", "metrics.json")).toHaveLength(3);
  expect(await stopped()).toEqual([]);
});

test("says what it needs; outside of such a run a report is heard by nobody, and no failure", async () => {
  const refused = async (args: readonly string[], words: string) => {
    const { exitCode, stderr } = await repository.run(args);
    expect([exitCode, stderr]).toEqual([254, expect.stringContaining(words)]);
  };
  await refused(["sweep", "x=1,2", "--stop-early", "asha"], "--metric");
  await refused(["sweep", "x=1,2", "--min-steps", "3"], "--stop-early");
  await refused(["report", "loss=much"], "no metric with a number");
  const { exitCode, stderr } = await repository.run(["report", "loss=0.5", "--step", "3"]);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("nobody looks at steps here")]);
});
