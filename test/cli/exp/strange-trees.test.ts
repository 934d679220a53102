/** Experiments whose commits say more than anybody can read: that row says so, and the others are shown. */
import { beforeAll, describe, expect, test } from "vitest";
import { bomb, deep } from "../../git/bombs.ts";
import { gitWith } from "../../git/repositories.ts";
import type { Repository } from "../../rig/index.ts";
import { makeExperimentRepository } from "../exp-project.ts";

function addExperiment(repository: Repository, name: string, tree: string): void {
  const head = repository.git("rev-parse", "HEAD").trim();
  const commit = repository.git("commit-tree", tree, "-p", head, "-m", name).trim();
  repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${name}`, commit);
}

function withParams(repository: Repository, text: string): string {
  const blob = gitWith(repository, ["hash-object", "-w", "--stdin"], text);
  const pipeline = repository.git("rev-parse", "HEAD:dvc.yaml").trim();
  return gitWith(repository, ["mktree"], `100644 blob ${pipeline}\tdvc.yaml\n100644 blob ${blob}\tparams.yaml\n`);
}

describe("trees of strangers", () => {
  let repository: Repository;
  beforeAll(() => {
    repository = makeExperimentRepository();
    const tree = repository.git("rev-parse", "HEAD^{tree}").trim();
    addExperiment(repository, "good", tree);
    addExperiment(repository, "bomb", bomb(repository, tree));
    addExperiment(repository, "deep", deep(repository, tree, 3000));
    addExperiment(repository, "large", withParams(repository, `# ${"x".repeat(5_000_000)}\n`));
  });

  test("each has a row, and those that can't be read say why", async () => {
    const [, baseline] = JSON.parse(await repository.succeed(["exp", "show", "--json"]));
    const rows = new Map(
      baseline.experiments.map((each: { name: string; revs: { error: unknown }[] }) => [
        each.name,
        each.revs[0]?.error,
      ]),
    );
    const refused = (msg: string) => ({ type: "REVISION_TOO_LARGE", msg: expect.stringContaining(msg) });
    expect(Object.fromEntries(rows)).toEqual({
      good: null,
      bomb: refused("pipeline files"),
      deep: refused("nested"),
      large: refused("4.8 MiB"),
    });
  });

  test.each(["bomb", "deep", "large"])("'exp diff' refuses %s", async (name) => {
    const { exitCode, stderr } = await repository.run(["exp", "diff", "HEAD", name]);
    expect([exitCode, stderr]).toEqual([255, expect.stringContaining("can't be read: the commit has")]);
  });

  test.each(["bomb", "deep"])("'exp apply' refuses %s and changes nothing", async (name) => {
    const copy = repository.copy();
    copy.write({ "params.yaml": "x: 8\n" });
    const { exitCode, stderr } = await copy.run(["exp", "apply", name]);
    expect([exitCode, stderr]).toEqual([255, expect.stringMatching(/has (more files|folders|paths)/)]);
    expect(copy.read("params.yaml")).toBe("x: 8\n");
  });
});
