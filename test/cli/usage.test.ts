/** Small promises of the command line: what is refused as wrong usage, and what --quiet leaves. */
import { beforeEach, expect, test } from "vitest";
import type { Repository } from "../rig/index.ts";
import { makeExperimentRepository } from "./exp-project.ts";

let repository: Repository;
beforeEach(() => {
  repository = makeExperimentRepository();
});

test.each([
  [["help", "exp", "nope"], /there is no command 'exp nope'/],
  [["exp", "help", "nope"], /there is no command 'exp nope'/],
  [["help", "nope"], /there is no command 'nope'/],
  [["exp", "show", "--json", "--csv"], /'--json' cannot be used with option '--csv'/],
])("%j is wrong usage", async (words, message) => {
  const { exitCode, stdout, stderr } = await repository.run(words);
  expect({ exitCode, stdout }).toEqual({ exitCode: 254, stdout: "" });
  expect(stderr).toMatch(message);
});

test("--quiet leaves errors and answers, on all commands of experiments", async () => {
  expect(await repository.succeed(["exp", "run", "-q", "--queue", "-n", "twin", "-S", "x=2"])).toBe("");
  expect(await repository.succeed(["exp", "show", "-q", "-v", "--csv"])).toMatch(/twin/);
  const refused = await repository.run(["exp", "remove", "-q", "nobody"]);
  expect(refused.exitCode).toBe(255);
  expect(refused.stderr).toMatch(/nobody/);
});

test("a name that waits on several baselines is refused with the choices; a full ref is one of them", async () => {
  await repository.succeed(["exp", "run", "--queue", "-n", "twin", "-S", "x=2"]);
  repository.git("commit", "--quiet", "--allow-empty", "--message", "second");
  await repository.succeed(["exp", "run", "--queue", "-n", "twin", "-S", "x=3"]);
  repository.git("commit", "--quiet", "--allow-empty", "--message", "third");
  const refused = await repository.run(["exp", "apply", "twin"]);
  expect(refused.exitCode).toBe(255);
  const refs = refused.stderr.match(/refs\/exps\/celery\/sweepline\/queued\/\d+/g) ?? [];
  expect(refs).toHaveLength(2);
  await repository.succeed(["exp", "apply", refs[1] ?? ""]);
  expect(repository.read("params.yaml")).toMatch(/^x: 3/m);
});

test("the message of --max-failures tells how many there were", async () => {
  await repository.succeed(["exp", "run", "--queue", "-n", "bad", "-S", "x=13", "-S", "name=a,b,c"]);
  const run = await repository.run(["exp", "run", "--run-all", "--max-failures", "2"]);
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatch(/stopping after 2 failures/);
});
