/** `init`, `doctor` and `version`: their options and what they print. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeRepository } from "../../rig/index.ts";

describe("init", () => {
  test("makes the top of the repository a project, and stages its files", async () => {
    const repository = makeRepository({ dvc: false });
    expect(await repository.succeed(["init"])).toContain("You can now commit the changes to git.\n\nWhat's next?\n");
    expect(repository.git("diff", "--cached", "--name-only").split("\n")).toContain(".dvc/config");
    const again = await repository.run(["init"]);
    expect([again.exitCode, again.stderr]).toEqual([255, expect.stringContaining("'.dvc' exists")]);
    mkdirSync(path.join(repository.folder, ".dvc/cache"), { recursive: true });
    writeFileSync(path.join(repository.folder, ".dvc/cache/x"), "");
    expect(await repository.succeed(["init", "-f", "-q"])).toBe("");
    expect(repository.exists(".dvc/cache/x")).toBe(false);
  });

  test("below the top only with --subdir, without Git only with --no-scm, and not both", async () => {
    const repository = makeRepository({ dvc: false });
    const below = await repository.run(["init", "deep"]);
    expect([below.exitCode, repository.exists("deep/.dvc")]).toEqual([255, false]);
    await repository.succeed(["init", "--subdir", "-q", "deep"]);
    expect(repository.exists("deep/.dvc/config")).toBe(true);
    const plain = makeRepository({ git: false, dvc: false });
    expect((await plain.run(["init"])).exitCode).toBe(255);
    expect(await plain.succeed(["init", "--no-scm"])).toBe("Initialized DVC repository.\n\n");
    const both = await plain.run(["init", "--no-scm", "--subdir"]);
    expect([both.exitCode, both.stderr]).toEqual([254, expect.stringContaining("with `--no-scm` and `--subdir`")]);
  });
});

test("doctor as JSON, with and without the cache", async () => {
  const repository = makeRepository();
  const claims = path.join(repository.folder, ".dvc/tmp/exps/sweepline/claims");
  mkdirSync(claims, { recursive: true });
  writeFileSync(path.join(claims, "0000000001"), JSON.stringify({ pid: 4_194_000, startedAt: "1@x", what: "run 1" }));
  const found = await repository.run(["doctor", "--json", "--skip-cache"]);
  expect(found.exitCode).toBe(255);
  const { findings } = JSON.parse(found.stdout);
  expect(findings).toContainEqual(expect.objectContaining({ state: "problem" }));
  await repository.succeed(["doctor", "--fix"]);
  expect(existsSync(path.join(claims, "0000000001"))).toBe(false);
  expect(await repository.succeed(["doctor", "--json"])).toContain('"findings":');
});

test("version in lines and as JSON", async () => {
  const repository = makeRepository();
  const facts = JSON.parse(await repository.succeed(["version", "--json"]));
  expect(facts).toEqual({ sweepline: expect.any(String), node: process.versions.node, platform: expect.any(String) });
  expect(await repository.succeed(["version"])).toBe(
    Object.entries(facts)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(""),
  );
});
