/** `--json` of the commands that do or list something small. */
import { beforeAll, expect, test } from "vitest";
import type { Repository } from "../rig/index.ts";
import { makeExperimentRepository } from "./exp-project.ts";

let repository: Repository;

beforeAll(async () => {
  repository = makeExperimentRepository();
  repository.git("init", "--quiet", "--bare", "../git-remote");
  repository.git("remote", "add", "origin", "../git-remote");
  await repository.succeed(["remote", "add", "-d", "store", "../store"]);
  await repository.succeed(["exp", "run", "-n", "kept"]);
  await repository.succeed(["exp", "run", "-n", "one", "-S", "x=5"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=2,3"]);
});

const json = async (...words: string[]): Promise<unknown> => JSON.parse(await repository.succeed([...words, "--json"]));

test("what is listed", async () => {
  expect(await json("remote", "list")).toEqual([
    { name: "store", url: expect.stringContaining("store"), default: true },
  ]);
  expect(await json("stage", "list")).toEqual([
    expect.objectContaining({ name: "copy", cmd: "sh copy.sh", frozen: false, outs: expect.any(Array) }),
  ]);
  expect(await json("du", ".", "copy.sh")).toEqual({
    entries: [{ path: "copy.sh", size: expect.any(Number) }],
    total: expect.any(Number),
  });
  expect(await json("exp", "curve", "kept")).toEqual([
    { rev: expect.stringMatching(/^[0-9a-f]{40}$/), timestamp: expect.any(String), metrics: { score: 1 } },
  ]);
});

test("what is done", async () => {
  expect(await json("exp", "star", "one")).toEqual({ starred: true, experiments: ["one"] });
  expect(await json("exp", "rename", "one", "two")).toEqual({ renamed: [{ from: "one", to: "two" }] });
  expect(await json("exp", "branch", "two")).toEqual({ branch: "two-branch", experiment: "two" });
  expect(await json("exp", "apply", "two")).toEqual({
    applied: "two",
    foreign: null,
    kept: { stash: expect.anything(), untracked: [], older: [], outputs: [] },
    failed: [],
  });
  expect(await json("push")).toEqual({ pushed: expect.any(Number) });
  expect(await json("fetch")).toEqual({ fetched: 0 });
  expect(await json("pull")).toEqual({
    fetched: 0,
    modified: [],
    added: [],
    deleted: [],
    failed: [],
    files: expect.anything(),
  });
  expect(await json("gc", "-w", "--dry")).toMatchObject({
    objects: expect.any(Number),
    bytes: expect.any(Number),
    remotes: [],
    removed: false,
  });
  expect(await json("gc", "-w", "-f")).toMatchObject({ removed: true });
  expect(await json("queue", "move", "q-2", "--first")).toEqual({ order: ["q-2", "q-1"] });
  expect(await json("queue", "remove", "q-2")).toEqual({ removed: ["q-2"], running: [], kept: [] });
  expect(await json("queue", "retry", "--failed")).toEqual({ queued: [] });
  expect(await json("queue", "stop")).toEqual({ stopping: false });
});
