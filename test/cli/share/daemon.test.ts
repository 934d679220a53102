/** exp push over Git's own protocol: forty clones that push at once. */
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BareRemotes } from "../../rig/bare-remotes.ts";
import { GitDaemon, hasGitDaemon } from "../../rig/git-daemon.ts";
import { Repository } from "../../rig/index.ts";
import { makeExperimentRepository } from "../exp-project.ts";

describe.skipIf(!hasGitDaemon)("over git daemon (skipped where Git has none)", () => {
  let made: Repository;
  let daemon: GitDaemon;
  let bares: BareRemotes;

  beforeAll(async () => {
    made = makeExperimentRepository();
    bares = new BareRemotes(made);
    daemon = await GitDaemon.start(bares.folder);
  });

  afterAll(() => daemon.close());

  test("of forty clones that push experiments of one sweep at once none is lost", async () => {
    bares.make("many");
    const head = made.git("rev-parse", "HEAD").trim();
    const first = bares.clone("many-first", "many");
    const clones = Array.from({ length: 40 }, (_unused, at) => {
      const root = path.join(made.root, `many-${at}`);
      mkdirSync(root);
      const copy = new Repository(root);
      cpSync(first.folder, copy.folder, { recursive: true });
      const commit = copy.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", `of ${at}`).trim();
      copy.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/s-${at}`, commit);
      return copy;
    });
    const url = `git://127.0.0.1:${daemon.port}/many`;
    const pushes = await Promise.all(clones.map((copy) => copy.run(["exp", "push", url, "--no-cache"])));
    expect(pushes.map(({ exitCode }) => exitCode)).toEqual(clones.map(() => 0));
    expect(bares.refs("many", "refs/exps")).toHaveLength(40);
    bares.git("many", "fsck", "--connectivity-only");
  });
});
