/** Each tool manages what the other made: names, branches, removal, sharing; and both at work at the same time. */
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  makeGate,
  makeGatedRepository,
  makePipelineRepository,
  makeTemporaryFolder,
  Repository,
} from "../rig/index.ts";
import { describeWithDvc, dvc, experiments, runDvc } from "./peers.ts";

const clean = "Data and pipelines are up to date.\n";

describeWithDvc("commands on experiments of the other tool", () => {
  let repository: Repository;

  beforeAll(async () => {
    repository = makePipelineRepository();
    await dvc(repository, "config", "cache.type", "hardlink,symlink");
    repository.commit("links");
    await repository.succeed(["exp", "run", "--name", "ours", "-S", "train.lr=0.1"]);
    await repository.succeed(["exp", "run", "--temp", "--name", "ours-2", "-S", "train.lr=0.2"]);
    await dvc(repository, "exp", "run", "--name", "theirs", "-S", "train.lr=0.3");
    await dvc(repository, "exp", "run", "--temp", "--name", "theirs-2", "-S", "train.lr=0.4");
  }, 120_000);

  test("data that is linked: applied by either, and clean for both", async () => {
    for (const name of ["ours", "ours-2", "theirs", "theirs-2"]) {
      await repository.succeed(["exp", "apply", name]);
      expect([await dvc(repository, "status"), await repository.succeed(["status"])]).toEqual([clean, clean]);
    }
    await dvc(repository, "exp", "apply", "ours-2");
    expect([await dvc(repository, "status"), await repository.succeed(["status"])]).toEqual([clean, clean]);
  });

  test("a push with data, pulled and applied elsewhere", async () => {
    const bare = makeTemporaryFolder();
    repository.git("init", "--quiet", "--bare", bare);
    repository.git("remote", "add", "origin", bare);
    await dvc(repository, "remote", "add", "--local", "--default", "store", path.join(repository.root, "store"));
    await dvc(repository, "exp", "push", "origin", "ours", "ours-2");
    repository.git("push", "--quiet", "origin", "main");

    const clone = new Repository(makeTemporaryFolder());
    clone.git("clone", "--quiet", bare, ".");
    await dvc(clone, "remote", "add", "--local", "--default", "store", path.join(repository.root, "store"));
    await dvc(clone, "exp", "pull", "origin", "ours-2");
    await clone.succeed(["exp", "apply", "ours-2"]);
    expect([await dvc(clone, "status"), await clone.succeed(["status"])]).toEqual([clean, clean]);
    expect(clone.read("model.txt")).toContain("lr: 0.2");
  });

  test("renamed, made a branch, removed", async () => {
    const before = experiments(repository);
    await repository.succeed(["exp", "rename", "theirs-2", "theirs-new"]);
    await dvc(repository, "exp", "rename", "ours-2", "ours-new");
    expect(experiments(repository).get("theirs-new")).toBe(before.get("theirs-2"));
    expect(experiments(repository).get("ours-new")).toBe(before.get("ours-2"));

    await repository.succeed(["exp", "branch", "theirs", "kept"]);
    expect(repository.git("rev-parse", "kept")).toBe(before.get("theirs"));

    await repository.succeed(["exp", "remove", "theirs"]);
    await dvc(repository, "exp", "remove", "ours");
    expect([...experiments(repository).keys()].sort()).toEqual(["ours-new", "theirs-new"]);
    expect((await dvc(repository, "exp", "list", "--name-only")).trim().split("\n").sort()).toEqual([
      "ours-new",
      "theirs-new",
    ]);
  });
});

describeWithDvc("both at the same time", () => {
  test("DVC looks while ours run in copies", async () => {
    const gate = await makeGate("stage");
    const repository = makeGatedRepository(gate.command);
    await repository.succeed(["exp", "run", "--queue", "--name", "q", "-S", "x=2,3"]);
    const running = repository.start(["exp", "run", "--run-all", "--jobs", "2"]);
    const calls = [await gate.nextCall(), await gate.nextCall()];
    expect(await dvc(repository, "exp", "list", "--all-commits")).toBe("");
    expect(JSON.parse(await dvc(repository, "exp", "show", "--json"))).toMatchObject([{}, { experiments: null }]);
    await dvc(repository, "exp", "clean");
    await dvc(repository, "status");
    const theirs = runDvc(repository, ["exp", "run", "--temp", "--name", "theirs", "-S", "x=4"]);
    calls.push(await gate.nextCall());
    for (const call of calls) await call.finish({ files: { "out.txt": "out\n" } });
    expect((await running.result()).exitCode).toBe(0);
    expect((await theirs).exitCode).toBe(0);
    expect([...experiments(repository).keys()].sort()).toEqual(["q-1", "q-2", "theirs"]);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  test("sweepline looks, queues and runs while DVC runs in the workspace", async () => {
    const gate = await makeGate("stage");
    const repository = makeGatedRepository(gate.command);
    const theirs = runDvc(repository, ["exp", "run", "--name", "theirs", "-S", "x=2"]);
    const held = await gate.nextCall();
    await repository.succeed(["exp", "list"]);
    await repository.succeed(["exp", "show", "--json"]);
    await repository.succeed(["exp", "run", "--queue", "--name", "ours", "-S", "x=3"]);
    const running = repository.start(["exp", "run", "--run-all"]);
    await (await gate.nextCall()).finish({ files: { "out.txt": "3\n" } });
    expect((await running.result()).exitCode).toBe(0);
    await held.finish({ files: { "out.txt": "2\n" } });
    expect((await theirs).exitCode).toBe(0);
    expect([...experiments(repository).keys()].sort()).toEqual(["ours", "theirs"]);
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
    expect(repository.git("show", `${experiments(repository).get("theirs")}:params.yaml`)).toBe("x: 2");
    expect(repository.git("show", `${experiments(repository).get("ours")}:params.yaml`)).toBe("x: 3");
  });
});
