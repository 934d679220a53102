/** exp push, exp pull, push, pull, fetch: between clones, through a bare Git remote and a folder as storage remote. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makePipelineRepository, Repository } from "../../rig/index.ts";

/** The files of a folder, relative to it; none where there is no folder. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

interface Shared {
  readonly repository: Repository;
  /** The bare Git repository, and the storage remote's folder. */
  readonly bare: string;
  readonly store: string;
  remoteRefs(): string[];
}

async function makeShared(): Promise<Shared> {
  const repository = makePipelineRepository();
  const bare = path.join(repository.root, "remote.git");
  const store = path.join(repository.root, "store");
  execFileSync("git", ["init", "--quiet", "--bare", bare], { env: repository.env });
  repository.git("remote", "add", "origin", bare);
  await repository.succeed(["remote", "add", "-d", "store", "../store"]);
  repository.commit("remote");
  repository.git("push", "--quiet", "origin", "main");
  const remoteRefs = () =>
    repository
      .git("ls-remote", "origin", "refs/exps/*")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.slice(line.lastIndexOf("/") + 1));
  return { repository, bare, store, remoteRefs };
}

async function runExperiment(repository: Repository, name: string, rate: string, ...flags: string[]) {
  await repository.succeed(["exp", "run", "--temp", "-n", name, "-S", `train.lr=${rate}`, ...flags]);
}

/** A clone of the bare repository, in a root of its own. */
function clone(shared: Shared): Repository {
  const root = path.join(shared.repository.root, `clone-${Math.random().toString(36).slice(2, 8)}`);
  mkdirSync(root);
  const copy = new Repository(root);
  execFileSync("git", ["clone", "--quiet", shared.bare, copy.folder], { env: copy.env, stdio: "pipe" });
  // The clone lies one folder deeper than the original.
  writeFileSync(path.join(copy.folder, ".dvc", "config.local"), `['remote "store"']\n    url = ${shared.store}\n`);
  return copy;
}

describe("exp push and exp pull", () => {
  it("takes an experiment and its data to another clone", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await runExperiment(repository, "one", "0.5");
    const pushed = await repository.run(["exp", "push", "origin", "one"]);
    expect(pushed.stdout).toBe("Pushed experiment one to Git remote 'origin'.\n4 files uploaded\n");
    expect(pushed.stderr).toBe(
      `WARNING: the folder of storage remote 'store' was not there, and was made: '${shared.store}'\n`,
    );
    const again = await repository.run(["exp", "push", "origin"]);
    expect([again.stdout, again.stderr]).toEqual(["Experiment one is up to date on Git remote 'origin'.\n", ""]);
    expect(filesIn(path.join(shared.store, "files", "md5")).length).toBe(4);
    const copy = clone(shared);
    expect(await copy.succeed(["exp", "list", "--name-only", "origin"])).toBe("one\n");
    expect(await copy.succeed(["exp", "list", "--metrics", "origin"])).toBe(
      "main:\n\tone  loss=0.2857 nested.acc=0.7143\n",
    );
    expect(copy.experimentRefs()).toEqual([]);
    expect(await copy.succeed(["exp", "pull", "origin", "one"])).toBe(
      "Pulled experiment one from Git remote 'origin'.\n\tone: loss=0.2857 nested.acc=0.7143\n4 files downloaded\n",
    );
    expect(await copy.succeed(["exp", "pull", "origin"])).toBe("No experiments to pull.\n");
    await copy.succeed(["exp", "apply", "one"]);
    expect(copy.read("model.txt")).toContain("lr: 0.5");
    expect(copy.experimentRefs()).toEqual(repository.experimentRefs());
  });

  it("takes many experiments at once, each judged by itself, and leaves nothing behind", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    const head = repository.git("rev-parse", "HEAD").trim();
    const refOf = (name: string) => `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${name}`;
    const commit = (text: string) => repository.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", text).trim();
    const [ours, theirs] = [commit("ours"), commit("theirs")];
    const names = Array.from({ length: 60 }, (_unused, index) => `many-${index}`);
    for (const name of names) repository.git("update-ref", refOf(name), ours);
    repository.git("push", "--quiet", "origin", `${theirs}:${refOf("many-7")}`);
    // Settings of the repository count: the remote is known under a short name only.
    repository.git("config", `url.${shared.bare}.insteadOf`, "short:");
    repository.git("remote", "set-url", "origin", "short:");
    const said = await repository.succeed(["exp", "push", "origin", "--all-commits", "--no-cache"]);
    expect(said).toContain("many-59");
    expect(shared.remoteRefs().length).toBe(60);
    expect(repository.git("ls-remote", "origin", refOf("many-7"))).toContain(theirs);
    expect(repository.git("ls-remote", "origin", refOf("many-8"))).toContain(ours);
    const copy = clone(shared);
    await copy.succeed(["exp", "pull", "origin", "--no-cache"]);
    expect(copy.experimentRefs().length).toBe(60);
    expect(copy.git("rev-parse", refOf("many-7")).trim()).toBe(theirs);
    const left = readdirSync(path.join(repository.folder, ".dvc/tmp/exps/sweepline/scratch"));
    expect(left.filter((name) => name.startsWith("push-"))).toEqual([]);
  });

  it("refuses a diverged experiment, and replaces it with --force", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await runExperiment(repository, "one", "0.5");
    await repository.succeed(["exp", "push", "origin"]);
    const copy = clone(shared);
    await copy.succeed(["exp", "pull", "origin"]);
    await runExperiment(repository, "one", "0.6", "--force");
    const refused = await repository.run(["exp", "push", "origin", "one"]);
    expect(refused.exitCode).toBe(0);
    expect(refused.stdout).toContain("No experiments to push.\n");
    expect(refused.stderr).toBe(
      "Local experiment one has diverged from remote experiment with the same name.\nTo override the remote experiment re-run with '--force'.\none: train.lr is 0.6 here and 0.5 there, loss is 0.25 here and 0.2857 there, nested.acc is 0.75 here and 0.7143 there\n",
    );
    expect(await repository.succeed(["exp", "push", "--force", "origin", "one"])).toContain("Pushed experiment one");
    const kept = await copy.run(["exp", "pull", "origin", "one"]);
    expect(kept.stderr).toContain("Local experiment one has diverged");
    expect(kept.stderr).toContain("\none: train.lr is 0.5 here and 0.6 there, loss is");
    expect(await copy.succeed(["exp", "pull", "--force", "origin", "one"])).toContain("Pulled experiment one");
    expect(copy.git("rev-parse", ...copy.experimentRefs())).toBe(
      repository.git("rev-parse", ...repository.experimentRefs()),
    );
  });

  it("compares with what somebody else pushes under the same name at the same moment", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await runExperiment(repository, "one", "0.5");
    await repository.succeed(["exp", "push", "origin", "--no-cache"]);
    const theirs = repository.git("rev-parse", ...repository.experimentRefs()).trim();
    await repository.succeed(["exp", "remove", "-g", "origin", "one"]);
    await runExperiment(repository, "one", "0.6", "--force");
    // The commit is there still; it gets the name while ours arrives.
    writeFileSync(path.join(shared.bare, "hooks", "update"), `#!/bin/sh\ngit update-ref "$1" ${theirs}\n`, {
      mode: 0o755,
    });
    const second = await repository.run(["exp", "push", "origin", "one", "--no-cache"]);
    expect([second.exitCode, second.stderr]).toEqual([
      0,
      expect.stringContaining("\none: train.lr is 0.6 here and 0.5 there"),
    ]);
  });

  it("chooses by name, by commit, or all; says which names mean nothing", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await runExperiment(repository, "old", "0.1");
    repository.write({ "notes.txt": "next\n" });
    repository.commit("next");
    repository.git("push", "--quiet", "origin", "main");
    await runExperiment(repository, "new", "0.2");
    const unknown = await repository.run(["exp", "push", "origin", "new", "nosuch", "none"]);
    expect(unknown.exitCode).toBe(255);
    expect(unknown.stderr).toBe("ERROR: 'nosuch; none' are not valid experiment names\n");
    await repository.succeed(["exp", "push", "origin"]);
    expect(shared.remoteRefs()).toEqual(["new"]);
    await repository.succeed(["exp", "push", "origin", "--rev", "HEAD^"]);
    expect(shared.remoteRefs().sort()).toEqual(["new", "old"]);
    const copy = clone(shared);
    await copy.succeed(["exp", "pull", "origin", "-A"]);
    expect(copy.experimentRefs()).toEqual(repository.experimentRefs());
    const bad = await repository.run(["exp", "push", "nosuch"]);
    expect(bad.exitCode).toBe(255);
    expect(bad.stderr).toContain("'nosuch' is not a valid Git remote or URL");
  });

  it("pushes no ref where the data could not be stored", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await runExperiment(repository, "one", "0.5");
    // A file where the remote's folder should be.
    writeFileSync(shared.store, "");
    const failed = await repository.run(["exp", "push", "origin"]);
    expect(failed.exitCode).toBe(255);
    expect(failed.stderr).toContain("failed to upload");
    expect(shared.remoteRefs()).toEqual([]);
    rmSync(shared.store);
    expect(await repository.succeed(["exp", "push", "origin"])).toContain("4 files uploaded");
  });

  it("takes nothing from the storage remote whose bytes are not what its name says", async () => {
    const shared = await makeShared();
    await runExperiment(shared.repository, "one", "0.5");
    await shared.repository.succeed(["exp", "push", "origin"]);
    const objects = path.join(shared.store, "files", "md5");
    for (const file of filesIn(objects)) {
      if (file.endsWith(".dir")) continue;
      chmodSync(path.join(objects, file), 0o644);
      writeFileSync(path.join(objects, file), "something else\n");
    }
    const copy = clone(shared);
    const pulled = await copy.run(["exp", "pull", "origin"]);
    expect(pulled.exitCode).toBe(255);
    expect(pulled.stderr).toContain("3 files failed to download");
    expect(pulled.stderr).toContain("is broken: its bytes have the hash");
    expect(filesIn(path.join(copy.folder, ".dvc", "cache", "files"))).toEqual([]);
    expect(copy.experimentRefs()).toHaveLength(1);
  });

  it("runs nothing of what it pulls, and passes over names that no experiment may have", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await runExperiment(repository, "one", "0.5");
    const [ref = ""] = repository.experimentRefs();
    const folder = ref.slice(0, ref.lastIndexOf("/"));
    repository.git("push", "--quiet", "origin", `${ref}:${ref}`, `${ref}:${folder}/--upload-pack=touch`);
    const copy = clone(shared);
    const pulled = await copy.run(["exp", "pull", "--no-cache", "origin", "-A"]);
    expect(pulled.exitCode).toBe(0);
    expect(pulled.stderr).toContain("'--upload-pack=touch'");
    expect(copy.experimentRefs()).toEqual([ref]);
    expect(copy.exists("model.txt")).toBe(false);
  });

  it("says so where there is no storage remote", async () => {
    const { repository } = await makeShared();
    await repository.succeed(["remote", "remove", "store"]);
    await runExperiment(repository, "one", "0.5");
    const pushed = await repository.run(["exp", "push", "origin"]);
    expect(pushed.exitCode).toBe(0);
    expect(pushed.stdout).toBe("Pushed experiment one to Git remote 'origin'.\n");
    expect(pushed.stderr).toContain("no default remote set");
  });
});

describe("push, fetch and pull", () => {
  it("takes tracked data there and back", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await repository.succeed(["repro", "--quiet"]);
    expect(await repository.succeed(["push", "model.txt"])).toBe("1 file pushed\n");
    expect(await repository.succeed(["push"])).toBe("3 files pushed\n");
    expect(await repository.succeed(["push"])).toBe("Everything is up to date.\n");
    expect(await repository.succeed(["push", "--run-cache"])).toBe("3 files pushed\n");
    rmSync(path.join(repository.folder, ".dvc", "cache"), { recursive: true });
    expect(await repository.succeed(["fetch", "-j", "2"])).toBe("4 files fetched\n");
    rmSync(path.join(repository.folder, "model.txt"));
    expect(await repository.succeed(["pull"])).toBe("A       model.txt\n1 file added\n");
    expect(await repository.succeed(["fetch", "--run-cache"])).toBe("3 files fetched\n");
    expect(readFileSync(path.join(repository.folder, "model.txt"), "utf8")).toContain("lr: 0.01");
  });

  it("names what nobody has, and remotes that are none", async () => {
    const { repository } = await makeShared();
    await repository.succeed(["repro", "--quiet"]);
    rmSync(path.join(repository.folder, ".dvc", "cache"), { recursive: true });
    const pushed = await repository.run(["push"]);
    expect(pushed.exitCode).toBe(0);
    expect(pushed.stderr).toContain("do not exist neither locally nor on remote. Missing cache files:\nmd5: ");
    const unknown = await repository.run(["push", "-r", "nosuch"]);
    expect(unknown.exitCode).toBe(251);
    expect(unknown.stderr).toContain(
      "failed to push data to the cloud - config file error: remote 'nosuch' doesn't exist",
    );
    await repository.succeed(["remote", "add", "cloud", "webhdfs://host/data"]);
    const cloud = await repository.run(["push", "-r", "cloud"]);
    expect(cloud.exitCode).toBe(255);
    expect(cloud.stderr).toContain("'webhdfs' remotes are not supported");
    await repository.succeed(["remote", "remove", "store"]);
    const none = await repository.run(["fetch"]);
    expect(none.exitCode).toBe(251);
    expect(none.stderr).toContain("no remote specified");
  });
});
