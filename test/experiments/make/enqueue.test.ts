/** Entries that are queued before all others: they come with their place, or not at all. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { makeExperimentRepository } from "../../cli/exp-project.ts";
import { binary, type Repository } from "../../rig/index.ts";

let made: Repository;

beforeAll(async () => {
  made = makeExperimentRepository();
  await made.succeed(["exp", "run", "--queue", "-n", "old", "-S", "x=2"]);
});

const first = (name: string, x: string) => ["exp", "run", "--queue", "--first", "-n", name, "-S", `x=${x}`];

/** Names in the order in which they would run. */
async function waiting(repository: Repository): Promise<readonly string[]> {
  const { tasks } = JSON.parse(await repository.succeed(["queue", "status", "--json"]));
  return tasks.map((task: { readonly name: string }) => task.name);
}

/** Runs a command that dies where `when` holds of an effect. */
async function dies(repository: Repository, when: string, words: readonly string[]): Promise<void> {
  const hook = path.join(repository.root, "hook.mjs");
  const kill = `if (${when}) process.kill(process.pid, "SIGKILL");`;
  const listener = `let done = false; globalThis[Symbol.for("sweepline.beforeEffect")] = ({ kind }) => { ${kill} done ||= kind === "ref"; };`;
  writeFileSync(hook, `${listener}\n`);
  const { stdout, signal } = await repository
    .startProgram(process.execPath, ["--import", hook, binary, ...words])
    .result();
  expect({ stdout, signal }).toEqual({ stdout: "", signal: "SIGKILL" });
}

test("several keep their order, before what waits", async () => {
  const repository = made.copy();
  await repository.succeed(first("new", "3,4"));
  await repository.succeed(first("newest", "5"));
  expect(await waiting(repository)).toEqual(["newest", "new-1", "new-2", "old"]);
});

test("killed before the entries are there, what is queued next is last", async () => {
  const repository = made.copy();
  await dies(repository, 'kind === "ref"', first("new", "3"));
  expect(await waiting(repository)).toEqual(["old"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "later", "-S", "x=4"]);
  expect(await waiting(repository)).toEqual(["old", "later"]);
});

test("killed once they are there, they are first", async () => {
  const repository = made.copy();
  await dies(repository, 'done && kind === "unlink"', first("new", "3"));
  expect(await waiting(repository)).toEqual(["new", "old"]);
});
