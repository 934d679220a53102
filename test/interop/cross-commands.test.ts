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
import { describeWithDvc, dvc, experiments, runDvc, startDvc } from "./peers.ts";

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
  });

  test("data that is linked: applied by either, and clean for both", async () => {
    for (const name of ["ours", "ours-2", "theirs", "theirs-2"]) {
      await repository.succeed(["exp", "apply", name]);
      expect([await dvc(repository, "status"), await repository.succeed(["status"])]).toEqual([clean, clean]);
    }
    await dvc(repository, "exp", "apply", "ours-2");
    expect([await dvc(repository, "status"), await repository.succeed(["status"])]).toEqual([clean, clean]);
  });

  test("pushed with data by one, pulled by the other, applied elsewhere", async () => {
    const bare = makeTemporaryFolder();
    repository.git("init", "--quiet", "--bare", bare);
    repository.git("remote", "add", "origin", bare);
    await dvc(repository, "remote", "add", "--local", "--default", "store", path.join(repository.root, "store"));
    repository.git("push", "--quiet", "origin", "main");
    await dvc(repository, "exp", "push", "origin", "ours-2");
    await repository.succeed(["exp", "push", "origin", "theirs-2"]);

    const clone = new Repository(makeTemporaryFolder());
    clone.git("clone", "--quiet", bare, ".");
    await dvc(clone, "remote", "add", "--local", "--default", "store", path.join(repository.root, "store"));
    await dvc(clone, "exp", "pull", "origin", "theirs-2");
    await clone.succeed(["exp", "pull", "origin", "ours-2"]);
    for (const name of ["ours-2", "theirs-2"]) {
      await clone.succeed(["exp", "apply", name]);
      expect([await dvc(clone, "status"), await clone.succeed(["status"])]).toEqual([clean, clean]);
      expect(clone.read("model.txt")).toContain(name === "ours-2" ? "lr: 0.2" : "lr: 0.4");
    }
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

  test("sweepline goes on after DVC was killed in the workspace", async () => {
    const gate = await makeGate("stage");
    const repository = makeGatedRepository(gate.command);
    const dead = startDvc(repository, ["exp", "run", "--name", "dead", "-S", "x=2"]);
    const held = await gate.nextCall();
    dead.child.kill("SIGKILL");
    await held.finish({ files: { "out.txt": "2\n" } });
    expect((await dead.result()).signal).toBe("SIGKILL");
    await repository.succeed(["exp", "show", "--json"]);
    const next = repository.start(["exp", "run", "--name", "alive", "-S", "x=3"]);
    await (await gate.nextCall()).finish({ files: { "out.txt": "3\n" } });
    expect((await next.result()).exitCode).toBe(0);
    expect(repository.git("show", `${experiments(repository).get("alive")}:params.yaml`)).toBe("x: 3");
  });

  test("DVC goes on after sweepline was killed in the workspace and in a copy", async () => {
    const gate = await makeGate("stage");
    const repository = makeGatedRepository(gate.command);
    for (const args of [
      ["-S", "x=2"],
      ["--temp", "-S", "x=4"],
    ]) {
      const dead = repository.start(["exp", "run", ...args]);
      const held = await gate.nextCall();
      dead.child.kill("SIGKILL");
      await held.fail(1);
      expect((await dead.result()).signal).toBe("SIGKILL");
    }
    const next = runDvc(repository, ["exp", "run", "--name", "alive", "-S", "x=3"]);
    await (await gate.nextCall()).finish({ files: { "out.txt": "3\n" } });
    expect((await next).exitCode).toBe(0);
    expect(await dvc(repository, "exp", "list", "--all-commits", "--name-only")).toBe("alive\n");
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
  });
});
