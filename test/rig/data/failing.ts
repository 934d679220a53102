/** Fails, to show what a failure says: test/rig/journal.test.ts runs it. */
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../index.ts";

let repository: Repository;
beforeAll(async () => {
  repository = makeRepository({ git: false });
  await repository.startProgram("echo", ["from a hook"]).result();
});

test("passes", async () => {
  const { stdout } = await repository.startProgram("echo", ["of another test"]).result();
  expect(stdout).toBe("of another test\n");
});

test("fails", async () => {
  const { stdout } = await repository.startProgram("sh", ["-c", "echo 'out'; echo err >&2; seq 50000"]).result();
  await repository.startProgram("sh", ["-c", "exit 3"]).result();
  expect(stdout).toEqual([]);
});
