/** `sweep list` and `sweep show`, and what of a sweep's command line they are told from. */
import { beforeAll, expect, test } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository } from "../exp-project.ts";

let made: Repository;

beforeAll(async () => {
  made = makeExperimentRepository();
  const run = await made.run(["sweep", "x=2,3,13", "name='a b',c", "-n", "p"]);
  expect(run.exitCode).toBe(1);
  await made.succeed(["exp", "run", "--queue", "-n", "alone", "-S", "x=5"]);
});

test("lists what was swept, what became of it and the best", async () => {
  const text = await made.succeed(["sweep", "list"]);
  expect(text).toMatch(/^Sweep +Created +Points +States +Time +Best +Overrides\n/);
  expect(text).toMatch(/^s-[0-9a-f]{12} .* 6 +4 success, 2 failed +\S.* p-[34] \(score 3\) +x=2,3,13 name='a b',c$/m);
  const [sweep, ...others] = JSON.parse(await made.succeed(["sweep", "ls", "--json", "--best", "score", "--min"]));
  expect(others).toEqual([]);
  expect(sweep).toMatchObject({
    points: 6,
    counts: { running: 0, queued: 0, failed: 2, success: 4 },
    combinations: "all",
    best: { metric: "score", value: 2 },
  });
});

test("shows one, named by how its id begins, and refuses what is none", async () => {
  const [{ id }] = JSON.parse(await made.succeed(["sweep", "list", "--json"]));
  const text = await made.succeed(["sweep", "show", id.slice(2, 6)]);
  expect(text).toContain(`Sweep ${id} of `);
  expect(text).toContain("6 points: 4 success, 2 failed; ");
  expect(text).toContain(`sweepline sweep x=2,3,13 "name='a b',c"`);
  expect(text).toMatch(/\[p-[34]\] +Success +3 [\s\S]*\[p-[12]\] +Success +2 /);
  expect(JSON.parse(await made.succeed(["sweep", "show", id, "--json"]))[0].experiments).toHaveLength(6);
  const refused = await made.run(["sweep", "show", "nosuch"]);
  expect(refused).toMatchObject({ exitCode: 255, stderr: expect.stringContaining("there is no sweep 'nosuch'") });
  expect(await made.run(["exp", "show", "--sweep", "nosuch"])).toMatchObject({ exitCode: 255 });
});

test("queue status names sweep and overrides of finished points, and all times in seconds", async () => {
  const { tasks } = JSON.parse(await made.succeed(["queue", "status", "--json"]));
  const finished = tasks.find((task: { name: string }) => task.name === "p-1");
  expect(finished).toMatchObject({
    state: "success",
    sweep: expect.stringMatching(/^s-/),
    overrides: ["x=2", "name='a b'"],
  });
  const failed = tasks.find((task: { state: string }) => task.state === "failed");
  expect(Math.abs(failed.attempts[0].endedAt - failed.createdAt)).toBeLessThan(3600);
});

test("a sweep whose experiments are to be called list is a sweep", async () => {
  const repository = made.copy();
  await repository.succeed(["sweep", "-n", "list", "x=7"]);
  expect(experimentNames(repository)).toContain("list-1");
  expect(await repository.succeed(["sweep", "--help"])).toMatch(
    /sweep \[options\] \[command\] \[overrides\.\.\.\][\s\S]*\n {2}list/,
  );
});
