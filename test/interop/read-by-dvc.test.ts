/** Each tool reads, applies and shares the experiments of the other. */
import { beforeAll, expect, test } from "vitest";
import { makePipelineRepository, makeTemporaryFolder, Repository } from "../rig/index.ts";
import { describeWithDvc, dvc, experiments } from "./peers.ts";

const oursNames = ["ours-here", "ours-temp"];
const theirsNames = ["theirs-here", "theirs-temp"];

interface Revision {
  readonly rev: string;
  readonly name: string | null;
  readonly data: Readonly<Record<"params" | "metrics" | "deps" | "outs", unknown>>;
  readonly experiments: readonly { readonly name: string; readonly revs: readonly Revision[] }[] | null;
}

/** What both must say of a revision: not the executor, which only its tool knows, and not the words of an error. */
function shownFacts(json: string) {
  const facts = ({ rev, name, data }: Revision) => {
    const { params, metrics, deps, outs } = data;
    return { rev, name, params, metrics, deps, outs };
  };
  const withoutWords = (key: string, value: unknown) => (key === "msg" ? "words" : value);
  return (JSON.parse(json, withoutWords) as Revision[]).map((row) => ({
    ...facts(row),
    experiments: new Map((row.experiments ?? []).map((range) => [range.name, range.revs.map(facts)])),
  }));
}

describeWithDvc("experiments of both in one repository", () => {
  let repository: Repository;

  const expectClean = async () => {
    expect(await repository.succeed(["status"])).toBe("Data and pipelines are up to date.\n");
    expect(JSON.parse(await dvc(repository, "status", "--json"))).toEqual({});
    const before = repository.git("status", "--porcelain");
    expect(await repository.succeed(["repro"])).toMatch(
      /^(Stage '\w+' didn't change, skipping\n){3}Data and pipelines/,
    );
    expect(await dvc(repository, "repro")).toMatch(/^(Stage '\w+' didn't change, skipping\n){3}Data and pipelines/);
    expect(repository.git("status", "--porcelain")).toBe(before);
  };
  const metrics = () => JSON.parse(repository.read("metrics.json")) as unknown;

  beforeAll(async () => {
    repository = makePipelineRepository();
    await repository.succeed(["exp", "run", "--name", "ours-here", "-S", "train.lr=0.1"]);
    await repository.succeed([
      "exp",
      "run",
      "--temp",
      "--name",
      "ours-temp",
      "-S",
      "train.lr=0.2",
      "-S",
      "prepare.rows=2",
    ]);
    await dvc(repository, "exp", "run", "--name", "theirs-here", "-S", "train.lr=0.3", "-S", "prepare.rows=1");
    await dvc(repository, "exp", "run", "--temp", "--name", "theirs-temp", "-S", "train.lr=0.4");
  });

  test("both list the same names and commits", async () => {
    const listed = async (...flags: string[]) => {
      const sorted = (text: string) => text.trim().split("\n").sort();
      const theirs = sorted(await dvc(repository, "exp", "list", "--all-commits", ...flags));
      expect(sorted(await repository.succeed(["exp", "list", "--all-commits", ...flags]))).toEqual(theirs);
      return theirs;
    };
    expect(await listed("--name-only")).toEqual([...oursNames, ...theirsNames]);
    expect(await listed("--sha-only")).toEqual([...experiments(repository).values()].sort());
  });

  test("both show the same parameters and metrics", async () => {
    const theirs = shownFacts(await dvc(repository, "exp", "show", "--json"));
    expect(shownFacts(await repository.succeed(["exp", "show", "--json"]))).toEqual(theirs);
    expect([...(theirs[1]?.experiments.keys() ?? [])].sort()).toEqual([...oursNames, ...theirsNames]);
    expect(theirs[1]?.experiments.get("ours-temp")?.[0]).toMatchObject({
      params: { "params.yaml": { data: { train: { lr: 0.2 }, prepare: { rows: 2 } } } },
      metrics: { "metrics.json": { data: { loss: 0.5, nested: { acc: 0.5 } } } },
    });
  });

  test("both find the same differences", async () => {
    const args = ["exp", "diff", "ours-here", "theirs-temp", "--json"];
    expect(JSON.parse(await repository.succeed(args))).toEqual(JSON.parse(await dvc(repository, ...args)));
  });

  test.each(oursNames)("DVC applies %s, and nothing is left to do", async (name) => {
    await dvc(repository, "exp", "apply", name);
    await expectClean();
    expect(metrics()).toMatchObject({ loss: name === "ours-here" ? 0.6667 : 0.5 });
  });

  test.each(theirsNames)("sweepline applies %s, and nothing is left to do", async (name) => {
    await repository.succeed(["exp", "apply", name]);
    await expectClean();
    expect(metrics()).toMatchObject({ loss: name === "theirs-here" ? 0.4 : 0.3333 });
  });

  test("sweepline applies its own, and nothing is left to do", async () => {
    await repository.succeed(["exp", "apply", "ours-temp"]);
    await expectClean();
    expect(metrics()).toMatchObject({ loss: 0.5 });
  });

  test("commits with our header are sound, and pass through DVC's branch, push and pull", async () => {
    const { stdout, stderr, exitCode } = await repository
      .startProgram("git", ["fsck", "--strict", "--no-dangling"])
      .result();
    expect({ exitCode, said: stdout + stderr }).toEqual({ exitCode: 0, said: "" });

    await dvc(repository, "exp", "branch", "ours-temp", "kept");
    expect(repository.git("rev-parse", "kept")).toBe(experiments(repository).get("ours-temp"));

    const bare = makeTemporaryFolder();
    repository.git("init", "--quiet", "--bare", bare);
    repository.git("-C", bare, "config", "receive.fsckObjects", "true");
    repository.git("remote", "add", "origin", bare);
    repository.git("push", "--quiet", "origin", "main", "kept");
    await dvc(repository, "exp", "push", "--no-cache", "origin", "ours-here", "ours-temp");

    const clone = new Repository(makeTemporaryFolder());
    clone.git("clone", "--quiet", bare, ".");
    await dvc(clone, "exp", "pull", "--no-cache", "origin", "ours-here", "ours-temp");
    expect(experiments(clone).get("ours-temp")).toBe(experiments(repository).get("ours-temp"));
    expect(clone.git("cat-file", "commit", "origin/kept")).toMatch(/^sweepline \{.*"train\.lr=0\.2".*\}$/m);
    expect((await clone.succeed(["exp", "list", "--name-only"])).trim().split("\n")).toEqual(oursNames);
  });
});
