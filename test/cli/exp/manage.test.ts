/** `exp apply`, `branch`, `rename`, `remove`, `logs`: on finished, queued and failed experiments. */
import { chmodSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository, queueRefs, userState } from "../exp-project.ts";

let prepared: Repository;
let repository: Repository;
let sweep: string;
const refOf = (name: string) => repository.experimentRefs().find((item) => item.endsWith(`/${name}`)) ?? "";

beforeAll(async () => {
  const repository = makeExperimentRepository({ "gone.txt": "gone\n", "run.sh": "#!/bin/sh\n" });
  const output = await repository.run(["sweep", "-n", "s", "x=1,2,13"]);
  expect(output.exitCode).toBe(1);
  sweep = /s-[0-9a-f]{12}/.exec(output.stdout)?.[0] ?? "";
  repository.write({ "notes.txt": "of the experiment\n", "added.txt": "added\n" });
  repository.git("add", "added.txt");
  repository.git("rm", "--quiet", "gone.txt");
  chmodSync(path.join(repository.folder, "run.sh"), 0o755);
  await repository.succeed(["exp", "run", "--temp", "-n", "changed", "-S", "x=3"]);
  repository.git("reset", "--quiet", "--hard");
  await repository.succeed(["exp", "run", "--queue", "-n", "waits", "-S", "x=4"]);
  prepared = repository;
});
beforeEach(() => {
  repository = prepared.copy();
});

describe("apply", () => {
  test("makes the tracked files the experiment's, keeps HEAD and untracked files, and what was changed in a stash", async () => {
    repository.write({ "notes.txt": "mine\n", "untracked.txt": "u\n" });
    repository.write({ "copy.sh": `${repository.read("copy.sh")}# staged\n` });
    repository.git("add", "copy.sh");
    const head = repository.git("rev-parse", "HEAD");
    const stashes = repository.git("stash", "list");
    const output = await repository.succeed(["exp", "apply", "changed"]);
    expect(output).toContain("Changes for experiment 'changed' have been applied to your current workspace.");
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
    expect(repository.git("rev-parse", "HEAD")).toBe(head);
    for (const file of repository.git("ls-tree", "-r", "--name-only", refOf("changed")).split("\n"))
      expect(repository.read(file).trim(), file).toBe(repository.git("show", `${refOf("changed")}:${file}`));
    expect(repository.read("notes.txt")).toBe("of the experiment\n");
    expect(repository.read("out.txt")).toContain("x: 3 ");
    expect(repository.read("untracked.txt")).toBe("u\n");
    expect(repository.exists("gone.txt")).toBe(false);
    expect(repository.git("rev-parse", "refs/exps/apply/ORIG_HEAD")).toBe(head);
    expect(repository.git("rev-parse", "refs/exps/exec/EXEC_APPLY")).toBe(
      repository.git("rev-parse", refOf("changed")),
    );
    expect(repository.git("show", "refs/exps/apply/stash:notes.txt")).toBe("mine");
    expect(repository.git("show", "refs/exps/apply/stash:copy.sh")).toContain("# staged");
    expect(repository.git("stash", "list")).toBe(stashes);
    expect(repository.git("ls-files", "--unmerged")).toBe("");
  });

  test("the way back that it names works", async () => {
    repository.write({ "notes.txt": "mine\n" });
    repository.write({ "copy.sh": `${repository.read("copy.sh")}# staged\n` });
    repository.git("add", "copy.sh");
    await repository.succeed(["exp", "apply", "changed"]);
    repository.git("clean", "--quiet", "-fd", "--", "added.txt", "dvc.lock", "m.json");
    repository.git("reset", "--quiet", "--hard");
    repository.git("stash", "apply", "--quiet", "refs/exps/apply/stash");
    expect(repository.read("notes.txt")).toBe("mine\n");
    expect(repository.read("copy.sh")).toContain("# staged");
  });

  test("of a queued and of a failed one, by name; by id; by full ref; from a folder below", async () => {
    await repository.succeed(["exp", "apply", "waits"]);
    expect(repository.read("params.yaml")).toContain("x: 4 ");
    await repository.succeed(["exp", "apply", "s-3"]);
    expect(repository.read("params.yaml")).toContain("x: 13 ");
    await repository.succeed(["exp", "apply", repository.git("rev-parse", refOf("s-1")).slice(0, 9)]);
    expect(repository.read("params.yaml")).toContain("x: 1 ");
    repository.write({ "below/keep.txt": "k\n" });
    await repository.succeed(["exp", "apply", refOf("s-2")], { cwd: "below" });
    expect(repository.read("m.json")).toBe('{"score": 2}\n');
  });

  test("an unknown one is refused, and nothing changes", async () => {
    const before = `${userState(repository)}${repository.git("for-each-ref")}`;
    for (const name of ["nosuch", "main", "HEAD", "refs/heads/main", "--", "deadbeef"]) {
      const result = await repository.run(["exp", "apply", "--", name]);
      expect(result.exitCode).toBe(255);
      expect(result.stderr).toContain("does not appear to be an experiment");
    }
    expect(`${userState(repository)}${repository.git("for-each-ref")}`).toBe(before);
  });
});

describe("branch", () => {
  test("makes a branch at the experiment, leaves HEAD, and refuses one that exists or is none", async () => {
    const output = await repository.succeed(["exp", "branch", "s-1", "topic"]);
    expect(output).toContain("Git branch 'topic' has been created from experiment 's-1'.");
    expect(repository.git("rev-parse", "topic")).toBe(repository.git("rev-parse", refOf("s-1")));
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
    const exists = await repository.run(["exp", "branch", "s-2", "topic"]);
    expect(exists.exitCode).toBe(255);
    expect(exists.stderr).toContain("Git branch 'topic' already exists.");
    await repository.succeed(["exp", "branch", "s-2"]);
    expect(repository.git("rev-parse", "s-2-branch")).toBe(repository.git("rev-parse", refOf("s-2")));
    for (const name of ["a b", "a..b", "-x", "a.lock", "../evil"]) {
      const result = await repository.run(["exp", "branch", "s-1", "--", name]);
      expect(result.exitCode, name).toBe(255);
      expect(result.stderr, name).toContain("is not a name for a Git branch");
    }
    expect(repository.git("branch", "--format=%(refname:short)").split("\n")).toEqual(["main", "s-2-branch", "topic"]);
  });
});

describe("rename", () => {
  test("moves the ref and nothing else; conflicts are refused, --force replaces", async () => {
    const commit = repository.git("rev-parse", refOf("s-1"));
    expect(await repository.succeed(["exp", "rename", "s-1", "best"])).toContain("Renamed experiments: 's-1'");
    expect(repository.git("rev-parse", refOf("best"))).toBe(commit);
    expect(refOf("s-1")).toBe("");
    const before = repository.git("for-each-ref");
    const conflict = await repository.run(["exp", "rename", "best", "s-2"]);
    expect(conflict.exitCode).toBe(255);
    expect(conflict.stderr).toContain("an experiment of that name exists");
    for (const [from, to] of [
      ["nosuch", "x"],
      ["best", "../../heads/evil"],
      ["best", "a b"],
    ] as const)
      expect((await repository.run(["exp", "rename", from, to])).exitCode).toBe(255);
    expect(await repository.succeed(["exp", "rename", "best", "best"])).toContain("No experiments to rename.");
    expect(repository.git("for-each-ref")).toBe(before);
    await repository.succeed(["exp", "rename", "-f", "best", "s-2"]);
    expect(repository.git("rev-parse", refOf("s-2"))).toBe(commit);
    expect(experimentNames(repository)).toEqual(["changed", "s-2"]);
  });
});

describe("names of several baselines", () => {
  test("HEAD's wins; else it is ambiguous, and the full refs are told", async () => {
    const old = refOf("changed");
    repository.write({ "notes.txt": "next\n" });
    const next = repository.commit("next");
    const other = `refs/exps/${next.slice(0, 2)}/${next.slice(2)}/changed`;
    repository.git("update-ref", other, repository.git("rev-parse", old));
    await repository.succeed(["exp", "branch", "changed", "of-head"]);
    repository.write({ "notes.txt": "third\n" });
    repository.commit("third");
    for (const args of [
      ["apply", "changed"],
      ["branch", "changed", "amb"],
      ["remove", "changed"],
      ["rename", "changed", "amb"],
    ]) {
      const result = await repository.run(["exp", ...args]);
      expect(result.exitCode, args[0]).toBe(255);
      expect(result.stderr, args[0]).toContain("Ambiguous name 'changed'");
      expect(result.stderr, args[0]).toContain(other);
    }
    await repository.succeed(["exp", "remove", other]);
    expect(refOf("changed")).toBe(old);
  });
});

describe("logs", () => {
  test("of what never ran is refused; a name cannot lead out of the folder of logs", async () => {
    for (const name of ["waits", "nosuch", "../../../../etc", "../s-3"]) {
      const result = await repository.run(["exp", "logs", name]);
      expect(result.exitCode).toBe(255);
      expect(result.stderr).toContain(name === "waits" ? "has not been started" : "there is no log of an experiment");
    }
    expect(await repository.succeed(["exp", "logs", "s-3"])).toContain("13 is no number");
  });
});

describe("remove", () => {
  test("--keep: what is chosen stays, by name, commit, sweep or all; what is queued stays too", async () => {
    const queued = queueRefs(repository);
    const left = async (folder: Repository, args: readonly string[]) => {
      await folder.succeed(["exp", "remove", ...args, "--keep"]);
      expect(queueRefs(folder)).toEqual(queued);
      return experimentNames(folder).sort();
    };
    expect(await left(repository.copy(), ["-A"])).toEqual(["changed", "s-1", "s-2"]);
    expect(await left(repository.copy(), ["--sweep", sweep])).toEqual(["s-1", "s-2"]);
    expect(await left(repository.copy(), ["--rev", "HEAD"])).toEqual(["changed", "s-1", "s-2"]);
    expect(await left(repository.copy(), ["s-1"])).toEqual(["s-1"]);
    const first = repository.git("commit-tree", "-m", "none hang on it", "HEAD^{tree}");
    repository.git("commit", "--quiet", "--allow-empty", "-m", "second");
    await repository.succeed(["exp", "run", "--temp", "-n", "newer", "-S", "x=9"]);
    expect(await left(repository.copy(), ["--rev", "HEAD", "-n", "2"])).toEqual(["changed", "newer", "s-1", "s-2"]);
    expect(await left(repository.copy(), ["--rev", "HEAD"])).toEqual(["newer"]);
    const refused = await repository.run(["exp", "remove", "--queue", "--keep"]);
    expect([refused.exitCode, refused.stderr]).toEqual([254, expect.stringContaining("`--keep` and `--queue`")]);
    for (const args of [
      ["--sweep", "s-nosuch"],
      ["--where", "x > 100"],
      ["--rev", `${first}`],
    ]) {
      const none = await repository.run(["exp", "remove", "--keep", ...args]);
      expect([none.exitCode, none.stderr], args.join(" ")).toEqual([
        255,
        expect.stringContaining("all others would be"),
      ]);
    }
    expect(experimentNames(repository).sort()).toEqual(["changed", "newer", "s-1", "s-2"]);
    expect(queueRefs(repository)).toEqual(queued);
  });

  test("a sweep by the beginning of its id", async () => {
    const copy = repository.copy();
    const removed = await copy.succeed(["exp", "remove", "--sweep", sweep.slice(2, 7), "--json"]);
    expect(JSON.parse(removed).removed).toHaveLength(3);
  });

  test("all or nothing: one unknown name, and nothing is removed", async () => {
    const before = repository.git("for-each-ref");
    const result = await repository.run(["exp", "remove", "s-2", "nosuch", "waits"]);
    expect(result.exitCode).toBe(255);
    expect(result.stderr).toContain("'nosuch'");
    expect((await repository.run(["exp", "remove"])).exitCode).toBe(255);
    expect(repository.git("for-each-ref")).toBe(before);
  });

  test("everything of a sweep, finished and failed; then queued ones; then the rest", async () => {
    await repository.succeed(["exp", "branch", "s-1", "topic"]);
    expect(queueRefs(repository)).toEqual(["failed/3", "queued/5"]);
    const output = await repository.succeed(["exp", "remove", "--sweep", sweep, "--json"]);
    const { removed } = JSON.parse(output) as { removed: string[] };
    expect(removed.sort()).toEqual(["s-1", "s-2", "s-3"]);
    expect(queueRefs(repository)).toEqual(["queued/5"]);
    expect(experimentNames(repository)).toEqual(["changed"]);
    await repository.succeed(["exp", "remove", "--queue"]);
    expect(queueRefs(repository)).toEqual([]);
    await repository.succeed(["exp", "remove", "-A"]);
    expect(experimentNames(repository)).toEqual([]);
    expect(await repository.succeed(["exp", "remove", "-A"])).toContain("No experiments to remove.");
    expect(repository.git("for-each-ref", "--format=%(refname)", "refs/heads")).toContain("refs/heads/topic");
  });
});
