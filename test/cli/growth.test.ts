/** Commands over n experiments, entries or files: as many git processes for thirty as for three. */
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { addExperiments, gitProcesses, manyExperiments, tinyPipeline } from "../rig/many.ts";

const few = 3;
const many = 30;

/** Effects are on a metric: here the same for all. */
const withMetric = {
  ...tinyPipeline,
  "dvc.yaml": `${tinyPipeline["dvc.yaml"]}metrics: [m.yaml]\n`,
  "m.yaml": "m: 1\n",
};

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`);

async function expectSame(make: (count: number) => Repository, argsOf: (count: number) => readonly string[]) {
  const counts = [await gitProcesses(make(few), argsOf(few)), await gitProcesses(make(many), argsOf(many))];
  expect([argsOf(few), counts[1]]).toEqual([argsOf(few), counts[0]]);
}

describe("experiments", () => {
  const made = new Map<number, Repository>();
  const make = (count: number) => (made.get(count) as Repository).copy();

  beforeAll(() => {
    for (const count of [few, many]) {
      const repository = makeRepository({ files: withMetric });
      addExperiments(repository, count);
      for (const name of names("b", count)) repository.git("branch", name);
      repository.git("init", "--quiet", "--bare", "../remote");
      repository.git("push", "--quiet", "../remote", "refs/heads/main", "refs/exps/*:refs/exps/*");
      made.set(count, repository);
    }
  });

  test.each<[string, (count: number) => readonly string[]]>([
    ["exp list", () => ["exp", "list", "-A"]],
    ["exp show", () => ["exp", "show", "-A"]],
    ["exp show of branches", () => ["exp", "show", "-a", "-n", "2"]],
    ["exp diff", () => ["exp", "diff", "e1", "e2"]],
    ["metrics show", () => ["params", "diff", "e1", "e2"]],
    ["exp compare", (count) => ["exp", "compare", ...names("e", count)]],
    ["exp effects", () => ["exp", "effects", "--metric", "m", "-A"]],
    ["exp export", () => ["exp", "export", "--openmetrics", "metrics.txt", "-A"]],
    ["exp bundle", () => ["exp", "bundle", "all.tar", "-A"]],
    ["exp note", () => ["exp", "note", "e1", "seen"]],
    ["exp tag", (count) => ["exp", "tag", "e1", ...names("good-", count)]],
    ["exp star", (count) => ["exp", "star", ...names("e", count)]],
    ["sweep list", () => ["sweep", "list"]],
    ["exp rename", () => ["exp", "rename", "e1", "other"]],
    ["exp branch", () => ["exp", "branch", "e1", "other"]],
    ["exp apply", () => ["exp", "apply", "e1"]],
    ["exp remove by name", (count) => ["exp", "remove", ...names("e", count)]],
    ["exp remove of all", () => ["exp", "remove", "-A"]],
    ["exp remove in a remote", (count) => ["exp", "remove", "-g", "../remote", ...names("e", count)]],
    ["exp push of what is there", () => ["exp", "push", "../remote", "-A"]],
    ["exp pull of what is there", () => ["exp", "pull", "../remote", "-A"]],
    ["expand", (count) => ["expand", `x=range(${count})`]],
    ["matrix plan", (count) => ["matrix", "plan", `x=range(100,${100 + count})`]],
  ])("%s", async (_name, argsOf) => expectSame(make, argsOf));

  /** Gives each experiment a later state, and has it put somewhere. */
  const withLater = (put: (repository: Repository, ref: string, commit: string) => void) => (count: number) => {
    const repository = make(count);
    const [prefix = ""] = repository.experimentRefs()[0]?.split(/e\d+$/) ?? [];
    for (const name of names("e", count)) {
      const ref = `${prefix}${name}`;
      put(repository, ref, repository.git("commit-tree", "-p", ref, "-m", "later", "HEAD^{tree}"));
    }
    return repository;
  };

  test("exp push of older states, and of others", async () => {
    await expectSame(
      withLater((repository, ref, commit) => repository.git("update-ref", ref, commit)),
      () => ["exp", "push", "../remote", "-A"],
    );
  });

  test("exp pull of later states", async () => {
    await expectSame(
      withLater((repository, ref, commit) => repository.git("push", "--quiet", "../remote", `${commit}:${ref}`)),
      () => ["exp", "pull", "../remote", "-A"],
    );
  });
});

describe("the queue", () => {
  const made = new Map<number, Repository>();
  const make = (count: number) => (made.get(count) as Repository).copy();

  beforeAll(async () => {
    for (const count of [few, many]) {
      const repository = makeRepository({ files: tinyPipeline });
      repository.git("init", "--quiet", "--bare", "../remote");
      await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", `x=range(2,${count + 2})`]);
      made.set(count, repository);
    }
  });

  test.each<[string, (count: number) => readonly string[]]>([
    ["queue status", () => ["queue", "status"]],
    ["queue move", (count) => ["queue", "move", "--last", ...names("q-", count)]],
    ["queue remove", (count) => ["queue", "remove", ...names("q-", count)]],
    ["queueing more", (count) => ["exp", "run", "--queue", "-S", `x=range(100,${100 + count})`]],
    ["exp push of the queue", () => ["exp", "push", "../remote", "--queued"]],
    ["exp clean", () => ["exp", "clean"]],
  ])("%s", async (_name, argsOf) => expectSame(make, argsOf));

  test("exp pull of the queue", async () => {
    const shared = new Map<number, Repository>();
    for (const count of [few, many]) {
      const repository = make(count);
      repository.git("push", "--quiet", "../remote", "main");
      await repository.succeed(["exp", "push", "../remote", "--queued"]);
      shared.set(count, repository);
    }
    await expectSame(
      (count) => shared.get(count) as Repository,
      () => ["exp", "pull", "../remote", "--queued"],
    );
  });
});

describe("files", () => {
  const make = (count: number) => {
    const repository = makeRepository();
    repository.write(Object.fromEntries(names("f", count).map((name) => [`data/${name}`, name])));
    return repository;
  };

  test.each<[string, (count: number) => readonly string[]]>([
    ["add", (count) => ["add", ...names("data/f", count)]],
    ["status", () => ["status"]],
    ["checkout", () => ["checkout"]],
  ])("%s", async (_name, argsOf) => expectSame(make, argsOf));
});

test("a removal of many from a remote leaves the others there, whoever made them", async () => {
  const repository = manyExperiments(60);
  repository.git("init", "--quiet", "--bare", "../remote");
  repository.git("push", "--quiet", "../remote", "refs/heads/main", "refs/exps/*:refs/exps/*");
  // Only the remote has these: their objects are not here.
  const kept = repository.copy();
  addExperiments(kept, 3, { prefix: "theirs", from: 100 });
  kept.git("push", "--quiet", `${repository.root}/remote`, "refs/exps/*:refs/exps/*");
  await repository.succeed(["exp", "remove", "-g", `${repository.root}/remote`, ...names("e", 58)]);
  const left = repository.git("-C", "../remote", "for-each-ref", "--format=%(refname:lstrip=4)", "refs/exps");
  expect(left.split("\n")).toEqual(["e59", "e60", "theirs100", "theirs101", "theirs102"]);
});
