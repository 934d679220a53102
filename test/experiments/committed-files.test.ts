/** Which files the commit of an experiment holds beside those that Git tracks, and which names it may take. */
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";

const pipeline = `stages:
  make:
    cmd: mkdir -p report && echo '{"a"':' 1}' > m.json && echo b > report/b.txt && echo c > cached.txt
    deps:
    - lib
    params:
    - x
    outs:
    - cached.txt
    - report:
        cache: false
    metrics:
    - m.json:
        cache: false
`;

function makeProject(config: string): Repository {
  const files = { "dvc.yaml": pipeline, "params.yaml": "x: 1\n", "lib/known.sh": "", ".dvc/config": config };
  const repository = makeRepository({ files: { ...files, "lib/.gitignore": "*.private\n" } });
  repository.write({ "lib/new.sh": "new\n", "lib/key.private": "secret\n", "other.txt": "unrelated\n" });
  return repository;
}

function addedFiles(repository: Repository, name: string): string[] {
  const baseline = repository.git("rev-parse", "HEAD");
  const commit = `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/${name}`;
  return repository.git("diff", "--name-only", "--diff-filter=A", baseline, commit).split("\n");
}

const results = ["dvc.lock", "lib/new.sh", "m.json", "report/b.txt"];

test("a commit holds untracked dependencies and results, also of stages that did not change; nothing that Git ignores", async () => {
  const repository = makeProject("");
  await repository.succeed(["exp", "run", "--name", "first"]);
  expect(addedFiles(repository, "first")).toEqual(results);
  await repository.succeed(["exp", "run", "--name", "unchanged"]);
  expect(addedFiles(repository, "unchanged")).toEqual(results);
  await repository.succeed(["exp", "run", "--temp", "--name", "copy", "-S", "x=2"]);
  expect(addedFiles(repository, "copy")).toEqual(["dvc.lock", "m.json", "report/b.txt"]);
});

test("with core.autostage it holds the .gitignore files that a run writes, and repro stages them", async () => {
  const repository = makeProject("[core]\n    autostage = true\n");
  await repository.succeed(["exp", "run", "--temp", "--name", "copy"]);
  expect(addedFiles(repository, "copy")).toContain(".gitignore");
  await repository.succeed(["exp", "run", "--name", "here"]);
  expect(addedFiles(repository, "here")).toEqual([".gitignore", ...results]);
  expect(repository.git("diff", "--cached", "--name-only")).toBe("");
  repository.write({ "params.yaml": "x: 3\n" });
  await repository.succeed(["repro"]);
  expect(repository.git("diff", "--cached", "--name-only")).toBe("dvc.lock");
});

test("a name in the queue of DVC is taken", async () => {
  const repository = makeProject("");
  const baseline = repository.git("rev-parse", "HEAD");
  const message = `commit: dvc-exp:${baseline}:${baseline}:theirs`;
  const line = `${"0".repeat(40)} ${baseline} Tester <tester@example.com> 0 +0000\t${message}\n`;
  repository.write({ ".git/logs/refs/exps/celery/stash": line });
  const { exitCode, stderr } = await repository.run(["exp", "run", "--queue", "--name", "theirs"]);
  expect(exitCode).toBe(255);
  expect(stderr).toContain("Experiment conflicts with queued experiment 'theirs'");
  await repository.succeed(["exp", "run", "--queue", "--name", "ours"]);
});
