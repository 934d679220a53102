/** --where, --best and --group-by, through the binary: what each command does with what was found. */
import { beforeAll, expect, test } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository } from "../exp-project.ts";

let made: Repository;

beforeAll(async () => {
  made = makeExperimentRepository();
  const swept = await made.run(["sweep", "x=2,3,4,13", "name=a,b", "-n", "p"]);
  expect(swept.exitCode).toBe(1);
  await made.succeed(["exp", "run", "--queue", "-n", "later", "-S", "x=9"]);
});

test("shows, lists and applies what it is asked for", async () => {
  const repository = made.copy();
  const names = async (...args: string[]) => (await repository.succeed(["exp", "list", "--name-only", ...args])).trim();
  expect(await names("--where", "score > 2 and params.yaml:name == 'a'")).toBe("p-3\np-5");
  const csv = await repository.succeed(["exp", "show", "--csv", "--best", "score", "--max", "--top", "2"]);
  expect(csv.match(/^p-\d/gm)).toEqual(["p-6", "p-5"].sort((a, b) => csv.indexOf(a) - csv.indexOf(b)));
  const refused = await repository.run(["exp", "show", "--where", "scoer > 2"]);
  expect(refused.exitCode).toBe(255);
  expect(refused.stderr).toContain("  scoer > 2\n  ^^^^^\nHINT: Did you mean 'score'?");
  expect(await repository.succeed(["exp", "show", "--group-by", "x", "--csv"])).toContain("\n4,2,4.0,0.0");
  const applied = await repository.succeed([
    "exp",
    "apply",
    "--best",
    "score",
    "--min",
    "--where",
    "x > 2 and params.yaml:name == 'b'",
  ]);
  expect(applied).toContain("Changes for experiment 'p-4' have been applied");
  expect(repository.read("params.yaml")).toMatch(/^x: 3[\s\S]*name: .?b/m);
  const unknown = await repository.run(["exp", "apply", "--best", "nope"]);
  expect({ exitCode: unknown.exitCode, stderr: unknown.stderr }).toEqual({
    exitCode: 255,
    stderr: expect.stringContaining(
      "--best: no metric or parameter is called 'nope'\nHINT: There are these metrics: score",
    ),
  });
  expect((await repository.run(["exp", "show", "--top", "2"])).exitCode).toBe(254);
});

test("removes and retries what it is asked for, and nothing else", async () => {
  const repository = made.copy();
  const status = async (...args: string[]) =>
    JSON.parse(await repository.succeed(["queue", "status", "--json", ...args])).tasks.map(
      (task: { name: string; state: string }) => `${task.name} ${task.state}`,
    );
  expect(await status("--where", "state == failed")).toEqual(["p-7 failed", "p-8 failed"]);
  expect(await repository.succeed(["queue", "retry", "--where", "params.yaml:name == 'b'"])).toBe(
    "Queued again: p-8\n",
  );
  expect(await repository.succeed(["queue", "remove", "--where", "x == 13"])).toBe(
    "Removed tasks in queue: p-7, p-8\n",
  );
  expect(await repository.succeed(["queue", "remove", "--queued", "--where", "score > 0"])).toMatch(/no such task/);
  const removed = await repository.succeed(["exp", "remove", "--where", "score >= 3 or x == 9", "--json"]);
  expect(JSON.parse(removed).removed.sort()).toEqual(["later", "p-3", "p-4", "p-5", "p-6"]);
  expect(experimentNames(repository)).toEqual(["p-1", "p-2"]);
});

test("what failed or waits has no result to compare, and is told so", async () => {
  for (const args of [["compare"], ["diff", "p-1"], ["show", "--curve", "loss"]]) {
    const failed = await made.run(["exp", ...args, "p-7"]);
    expect({ ...failed }, args.join(" ")).toMatchObject({
      exitCode: 255,
      stderr: expect.stringMatching(/'p-7' failed and has no result\nHINT: `sweepline exp logs p-7`/),
    });
  }
  const queued = await made.run(["exp", "compare", "later"]);
  expect({ ...queued }).toMatchObject({
    exitCode: 255,
    stderr: expect.stringContaining("'later' is in the queue and"),
  });
});

test("tells why nothing is found, where values are of another kind", async () => {
  const repository = made.copy();
  const hint = `HINT: 'x == "two"' compares a number with a text in all experiments that have both.`;
  for (const args of [
    ["exp", "list"],
    ["exp", "show", "--csv"],
    ["exp", "remove"],
    ["queue", "status"],
  ]) {
    const { exitCode, stderr } = await repository.run([...args, "--where", 'x == "two"']);
    expect({ exitCode, stderr }, args.join(" ")).toEqual({ exitCode: 0, stderr: expect.stringContaining(hint) });
  }
  const none = await repository.run(["exp", "compare", "--where", 'x == "two"']);
  expect({ ...none }).toMatchObject({ exitCode: 255, stderr: expect.stringContaining(hint) });
  const effects = await repository.run(["exp", "effects", "--metric", "score", "--where", 'x == "two"']);
  expect({ ...effects }).toMatchObject({ exitCode: 255, stderr: expect.stringContaining(hint) });
  expect((await repository.succeed(["exp", "list", "--name-only", "--where", '2 < x <= "3"'])).trim()).toBe("p-3\np-4");
  const words = await repository.run(["exp", "list", "--where", "x > 2 AND score > 1"]);
  expect({ ...words }).toMatchObject({
    exitCode: 254,
    stderr: expect.stringContaining("HINT: Write x > 2 and score > 1"),
  });
});
