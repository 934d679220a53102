/** Experiments of a Git remote, changed there; remotes that outputs name; exp.auto_push. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const files = {
  "params.yaml": "lr: 0.1\n",
  "dvc.yaml": `stages:
  train:
    cmd: cp params.yaml model.txt && cp params.yaml eval.txt
    params: [lr]
    outs:
      - model.txt
      - eval.txt: {remote: second}
`,
};

interface Setting {
  readonly repository: Repository;
  run(name: string, rate: string): Promise<void>;
  remoteNames(): string[];
  stored(store: string): number;
}

async function setUp(): Promise<Setting> {
  const repository = makeRepository({ files });
  const bare = path.join(repository.root, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", bare], { env: repository.env });
  repository.git("remote", "add", "origin", bare);
  await repository.succeed(["remote", "add", "-d", "first", path.join(repository.root, "first")]);
  await repository.succeed(["remote", "add", "second", path.join(repository.root, "second")]);
  repository.commit("remotes");
  const run = async (name: string, rate: string) => {
    await repository.succeed(["exp", "run", "--temp", "-n", name, "-S", `lr=${rate}`]);
  };
  const remoteNames = () =>
    [...repository.git("ls-remote", "origin", "refs/exps/*").matchAll(/[^/]+$/gm)].map(([name]) => name);
  const stored = (store: string) => {
    const folder = path.join(repository.root, store, "files", "md5");
    return existsSync(folder) ? readdirSync(folder).length : 0;
  };
  return { repository, run, remoteNames, stored };
}

describe("experiments of a Git remote", () => {
  it("are removed and renamed there, and stay here", async () => {
    const { repository, run, remoteNames } = await setUp();
    for (const [at, name] of ["one", "two", "three"].entries()) await run(name, `0.${at + 2}`);
    await repository.succeed(["exp", "push", "origin", "--no-cache"]);
    const here = repository.experimentRefs();
    expect(await repository.succeed(["exp", "rename", "-g", "origin", "one", "best"])).toBe(
      "Renamed experiments: 'one'\n",
    );
    expect(remoteNames()).toEqual(["best", "three", "two"]);
    const taken = await repository.run(["exp", "rename", "-g", "origin", "two", "best"]);
    expect([taken.exitCode, taken.stderr]).toEqual([
      255,
      expect.stringContaining("'origin' has an experiment of that"),
    ]);
    const unknown = await repository.run(["exp", "remove", "--git-remote", "origin", "one"]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      255,
      expect.stringContaining("ERROR: Experiment 'one' does not exist in 'origin'\n"),
    ]);
    expect((await repository.run(["exp", "remove", "-g", "origin", "--queue", "-A"])).exitCode).toBe(254);
    expect(await repository.succeed(["exp", "remove", "-g", "origin", "best", "--keep"])).toBe(
      "Removed experiments: 'three' and 'two'\n",
    );
    expect(remoteNames()).toEqual(["best"]);
    expect(JSON.parse(await repository.succeed(["exp", "remove", "-g", "origin", "-A", "--json"]))).toEqual({
      removed: ["best"],
      running: [],
    });
    expect(remoteNames()).toEqual([]);
    expect(repository.experimentRefs()).toEqual(here);
  });
});

describe("data of an experiment", () => {
  it("goes to the remote that its output names, and comes back from there; with -r only that remote's", async () => {
    const { repository, run, stored } = await setUp();
    await run("one", "0.2");
    await repository.succeed(["exp", "push", "origin", "one", "-r", "first"]);
    expect([stored("first"), stored("second")]).toEqual([1, 0]);
    await repository.succeed(["exp", "push", "origin", "one"]);
    expect([stored("first"), stored("second")]).toEqual([1, 1]);
    execFileSync("rm", ["-rf", path.join(repository.folder, ".dvc", "cache"), path.join(repository.root, "first")]);
    await repository.succeed(["exp", "pull", "origin", "one"]);
    await repository.succeed(["exp", "apply", "one"]);
    expect(repository.read("eval.txt")).toBe("lr: 0.2\n");
  });
});

describe("exp.auto_push", () => {
  it("pushes what a command made, with its data; a failure is a warning", async () => {
    const { repository, run, remoteNames, stored } = await setUp();
    await repository.succeed(["config", "exp.auto_push", "true"]);
    repository.commit("share all");
    const sweep = await repository.run(["sweep", "lr=0.2,0.3", "-n", "grid"]);
    expect([sweep.exitCode, sweep.stderr]).toEqual([0, expect.stringContaining("Pushing experiment to 'origin'.")]);
    expect(remoteNames()).toEqual(["grid-1", "grid-2"]);
    expect([stored("first"), stored("second")]).toEqual([2, 2]);
    await repository.run(["exp", "run", "--temp", "-n", "off", "-S", "lr=0.5"], { env: { DVC_EXP_AUTO_PUSH: "0" } });
    await run("on", "0.6");
    await repository.succeed(["exp", "apply", "on"]);
    await repository.succeed(["exp", "save", "-n", "kept"]);
    expect(remoteNames()).toEqual(["grid-1", "grid-2", "kept", "on"]);
    const env = { DVC_EXP_GIT_REMOTE: "nowhere" };
    const nowhere = await repository.run(["exp", "save", "-n", "again", "--force"], { env });
    expect(nowhere.stderr).toContain("WARNING: Failed to validate remotes. Disabling auto push");
    execFileSync("rm", ["-rf", path.join(repository.root, "remote.git")]);
    const gone = await repository.run(["exp", "run", "--temp", "-n", "late", "-S", "lr=0.7"]);
    expect([gone.exitCode, gone.stderr]).toEqual([0, expect.stringContaining("Something went wrong while auto push")]);
  });
});
