/** What a name means: of `sweep --force -n`, and of names that several baselines have. */
import { expect, test } from "vitest";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

test("sweep --force -n NEW makes a new one beside the old; with the same name it replaces it", async () => {
  const repository = makeExperimentRepository();
  const commits = () => repository.experimentRefs().map((ref) => repository.git("rev-parse", ref));
  await repository.succeed(["sweep", "-n", "aa", "x=7"]);
  const [first] = commits();
  await repository.succeed(["sweep", "-n", "bb", "x=7", "--force"]);
  expect(experimentNames(repository)).toEqual(["aa-1", "bb-1"]);
  expect(commits()[0]).toBe(first);
  const again = await repository.succeed(["sweep", "-n", "bb", "x=7", "--force"]);
  expect(again).toContain("1 point, 0 new, 1 once more.");
  expect(experimentNames(repository)).toEqual(["aa-1", "bb-1"]);
  expect(commits()[0]).toBe(first);
});

test("remove counts finished and queued ones together: HEAD's baseline wins, else the full refs are told", async () => {
  const repository = makeExperimentRepository();
  const queue = (x: number) => repository.succeed(["exp", "run", "--queue", "-n", "same", "-S", `x=${x}`]);
  const next = (text: string) => {
    repository.write({ "notes.txt": text });
    repository.commit(text);
  };
  await repository.succeed(["exp", "run", "--temp", "-n", "same", "-S", "x=2"]);
  const [result = ""] = repository.experimentRefs();
  next("second");
  await queue(3);
  next("third");
  const refs = repository.git("for-each-ref");
  const refused = await repository.run(["exp", "remove", "same"]);
  expect(refused.exitCode).toBe(255);
  for (const ref of ["Ambiguous name 'same'", result, "refs/exps/celery/sweepline/queued/"])
    expect(refused.stderr).toContain(ref);
  expect(repository.git("for-each-ref")).toBe(refs);
  const logs = await repository.run(["exp", "logs", "same"]);
  expect(logs.stdout).toContain("the stage sees x=2");
  expect(logs.stderr).toContain("several baselines have an experiment 'same'");

  await queue(4);
  const [second = "", third = ""] = repository
    .git("for-each-ref", "--format=%(refname)", "refs/exps/celery/sweepline/queued")
    .split("\n");
  await repository.succeed(["exp", "remove", "same"]);
  expect(repository.git("for-each-ref")).not.toContain(third);
  expect(repository.git("for-each-ref")).toContain(second);
  expect(repository.experimentRefs()).toEqual([result]);
  await repository.succeed(["exp", "remove", second]);
  expect(queueRefs(repository)).toEqual([]);
  await repository.succeed(["exp", "remove", "same"]);
  expect(repository.experimentRefs()).toEqual([]);
});

test("a tag's name is refused as a branch's is; a queued one is meant by its commit id too", async () => {
  const repository = makeExperimentRepository();
  repository.git("tag", "v1");
  const refused = await repository.run(["exp", "run", "--queue", "-n", "v1", "-S", "x=2"]);
  expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("a tag has it")]);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=2,3"]);
  const [second = "", third = ""] = repository
    .git("for-each-ref", "--format=%(objectname)", "refs/exps/celery/sweepline/queued")
    .split("\n");
  await repository.succeed(["exp", "apply", second.slice(0, 9)]);
  expect(repository.read("params.yaml")).toContain("x: 2");
  expect(await repository.succeed(["exp", "diff", "HEAD", third])).toMatch(/params\.yaml +x +1 +3/);
  await repository.succeed(["exp", "remove", second.slice(0, 7), third]);
  expect(queueRefs(repository)).toEqual([]);
});

test("show -A has the experiments of a baseline that was amended", async () => {
  const repository = makeExperimentRepository();
  await repository.succeed(["exp", "run", "--temp", "-n", "kept", "-S", "x=2"]);
  repository.git("commit", "--quiet", "--amend", "--allow-empty", "--message", "amended");
  expect(await repository.succeed(["exp", "show", "--csv"])).not.toContain("kept");
  expect(await repository.succeed(["exp", "show", "-A", "--csv"])).toMatch(/^kept,/m);
});
