/** `exp apply` over a workspace that holds the only copy of something. */
import { rmSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { makeExperimentRepository } from "../exp-project.ts";

let repository: Repository;
const stash = "refs/exps/apply/stash";
const refs = () => repository.git("for-each-ref", "--format=%(refname)", "refs/exps/apply").split("\n");

beforeEach(async () => {
  repository = makeExperimentRepository();
  await repository.succeed(["sweep", "-n", "g", "x=2,3"]);
});

test("a second apply leaves the stash of the user's changes alone, and a new one keeps the older", async () => {
  repository.write({ "notes.txt": "precious\n" });
  expect(await repository.succeed(["exp", "apply", "g-1"])).toContain("The changes that you had are kept");
  const kept = repository.git("rev-parse", stash);
  expect(await repository.succeed(["exp", "apply", "g-2"])).not.toContain("kept");
  expect(repository.git("rev-parse", stash)).toBe(kept);
  repository.write({ "notes.txt": "precious too\n" });
  const output = await repository.succeed(["exp", "apply", "g-1"]);
  expect(output).toContain("What an earlier apply kept is now at refs/exps/apply/older/stash/1");
  expect(repository.git("show", `${stash}:notes.txt`)).toBe("precious too");
  expect(repository.git("show", "refs/exps/apply/older/stash/1:notes.txt")).toBe("precious");
});

test("a deleted or a staged file is a change of the user's", async () => {
  await repository.succeed(["exp", "apply", "g-1"]);
  expect(refs()).toEqual(["refs/exps/apply/ORIG_HEAD"]);
  repository.git("rm", "--quiet", "--cached", "notes.txt");
  expect(await repository.succeed(["exp", "apply", "g-2"])).toContain("The changes that you had are kept");
  expect(repository.exists("notes.txt")).toBe(true);
  const staged = repository.git("rev-parse", stash);
  rmSync(path.join(repository.folder, "notes.txt"));
  await repository.succeed(["exp", "apply", "g-1"]);
  expect(repository.git("rev-parse", stash)).not.toBe(staged);
});

test("untracked files that it replaces are kept, and said; those of an earlier apply are not", async () => {
  repository.write({ "m.json": "MINE\n", "other.txt": "stays\n" });
  const output = await repository.succeed(["exp", "apply", "g-1"]);
  expect(output).toContain(
    "1 untracked file was replaced; it is kept: git checkout refs/exps/apply/untracked -- m.json",
  );
  expect(repository.read("m.json")).toContain('"score": 2');
  expect(await repository.succeed(["exp", "apply", "g-2"])).not.toContain("kept");
  expect(repository.git("ls-tree", "-r", "--name-only", "refs/exps/apply/untracked")).toBe("m.json");
  repository.git("checkout", "refs/exps/apply/untracked", "--", "m.json");
  expect(repository.read("m.json")).toBe("MINE\n");
  expect(repository.read("other.txt")).toBe("stays\n");
});

test("a folder in the place of a file is kept as well", async () => {
  repository.write({ "m.json/a/inner.txt": "inner\n", "dvc.lock": "mine: 1\n" });
  const output = await repository.succeed(["exp", "apply", "g-1"]);
  expect(output).toContain("2 untracked files were replaced; they are kept");
  expect(repository.git("show", "refs/exps/apply/untracked:m.json/a/inner.txt")).toBe("inner");
  expect(repository.git("show", "refs/exps/apply/untracked:dvc.lock")).toBe("mine: 1");
});
