/** exp push and exp pull over Git's own protocol: connections that break at any byte, and forty clones that push at once. */
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CuttingProxy, cutEverywhere } from "../../rig/cutting-proxy.ts";
import { GitDaemon, hasGitDaemon } from "../../rig/git-daemon.ts";
import { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository } from "../exp-project.ts";

describe.skipIf(!hasGitDaemon)("over git daemon (skipped where Git has none)", () => {
  let made: Repository;
  let daemon: GitDaemon;
  let proxy: CuttingProxy;
  let served: string;

  beforeAll(async () => {
    made = makeExperimentRepository();
    await made.succeed(["exp", "run", "--temp", "-n", "one", "-S", "x=5"]);
    await made.succeed(["exp", "run", "--temp", "-n", "two", "-S", "x=6"]);
    served = path.join(made.root, "served");
    mkdirSync(served);
    daemon = await GitDaemon.start(served);
    proxy = await CuttingProxy.start(daemon.port);
  });

  afterAll(() => {
    proxy.close();
    daemon.close();
  });

  const urlOf = (name: string, port = proxy.port) => `git://127.0.0.1:${port}/${name}`;
  const inBare = (name: string, ...args: string[]) => made.git("-C", path.join(served, name), ...args);
  const refsIn = (name: string) =>
    inBare(name, "for-each-ref", "--format=%(refname)", "refs/exps").split("\n").filter(Boolean);

  function bare(name: string): void {
    made.git("init", "--quiet", "--bare", path.join(served, name));
    made.git("push", "--quiet", path.join(served, name), "main");
  }

  function clone(name: string, from: string): Repository {
    const root = path.join(made.root, name);
    mkdirSync(root);
    const copy = new Repository(root);
    made.git("clone", "--quiet", "--branch", "main", path.join(served, from), copy.folder);
    return copy;
  }

  test("a push that is cut at any byte leaves both sides sound, and the same command finishes", async () => {
    const started = new Set<string>();
    const push = async (name: string) => {
      if (!started.has(name)) bare(name);
      started.add(name);
      return (await made.run(["exp", "push", urlOf(name), "--no-cache"])).exitCode;
    };
    await cutEverywhere(proxy, push, (name) => {
      inBare(name, "fsck", "--connectivity-only");
      expect(made.experimentRefs().filter((ref) => refsIn(name).includes(ref))).toEqual(refsIn(name));
    });
    for (const name of started) expect([name, refsIn(name)]).toEqual([name, made.experimentRefs()]);
  });

  test("a pull that is cut at any byte leaves both sides sound, and the same command finishes", async () => {
    bare("full");
    await made.succeed(["exp", "push", urlOf("full", daemon.port), "--no-cache"]);
    const clones = new Map<string, Repository>();
    const pull = async (name: string) => {
      const copy = clones.get(name) ?? clone(name, "full");
      clones.set(name, copy);
      return (await copy.run(["exp", "pull", urlOf("full"), "--no-cache"])).exitCode;
    };
    await cutEverywhere(proxy, pull, (name) => void clones.get(name)?.git("fsck", "--connectivity-only"));
    for (const [name, copy] of clones) expect([name, experimentNames(copy)]).toEqual([name, ["one", "two"]]);
  });

  test("of forty clones that push experiments of one sweep at once none is lost", async () => {
    bare("many");
    const head = made.git("rev-parse", "HEAD").trim();
    const first = clone("many-first", "many");
    const clones = Array.from({ length: 40 }, (_unused, at) => {
      const root = path.join(made.root, `many-${at}`);
      mkdirSync(root);
      const copy = new Repository(root);
      cpSync(first.folder, copy.folder, { recursive: true });
      const commit = copy.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", `of ${at}`).trim();
      copy.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/s-${at}`, commit);
      return copy;
    });
    const url = urlOf("many", daemon.port);
    const pushes = await Promise.all(clones.map((copy) => copy.run(["exp", "push", url, "--no-cache"])));
    expect(pushes.map(({ exitCode }) => exitCode)).toEqual(clones.map(() => 0));
    expect(refsIn("many")).toHaveLength(40);
    inBare("many", "fsck", "--connectivity-only");
  });
});
