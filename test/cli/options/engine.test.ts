/** `--engine`: which engines there are, and who takes the option. */
import { beforeAll, expect, test } from "vitest";
import { askedEngine } from "../../../src/cli/options/engine.ts";
import type { Repository } from "../../rig/index.ts";
import { contextOf } from "../../run/queued.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

let repository: Repository;
beforeAll(() => {
  repository = makeExperimentRepository();
});

test.each([
  [["sweep", "x=1,2", "--engine", "nosuch"]],
  [["search", "x=range(1,9)", "--metric", "score", "--trials", "2", "--engine", "nosuch"]],
  [["exp", "run", "--run-all", "--engine", "nosuch"]],
  [["queue", "start", "--engine", "nosuch"]],
])("%j is refused in words, before anything is queued", async (words) => {
  const { exitCode, stderr } = await repository.run(words);
  expect(stderr).toMatch(/^ERROR: there is no engine 'nosuch'\nHINT: There is 'local' and 'slurm'/);
  expect(exitCode).toBe(255);
  expect(queueRefs(repository)).toEqual([]);
});

test("a run that is not of the queue takes no engine", async () => {
  const { exitCode, stderr } = await repository.run(["exp", "run", "-S", "x=2", "--engine", "local"]);
  expect(stderr).toMatch(/--engine and its options are for --run-all/);
  expect(exitCode).toBe(254);
});

test("a name that stands for no engine has a code", async () => {
  const asked = askedEngine(contextOf(repository), { engine: "nosuch" });
  await expect(asked).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
});

test("local is this machine, with no other result than without the option", async () => {
  await repository.succeed(["sweep", "-n", "one", "x=3,4", "--engine", "local"]);
  expect(experimentNames(repository)).toEqual(["one-1", "one-2"]);
});
