/** Collecting from real repositories. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { toPlain } from "../../../src/base/value.ts";
import type { Baseline } from "../../../src/experiments/reading/types.ts";
import { entryMessage } from "../../../src/experiments/record.ts";
import { openExperiments } from "../../../src/experiments/repository.ts";
import { type CollectOptions, collectExperiments } from "../../../src/experiments/show/collect.ts";
import { metricsOfCommit } from "../../../src/experiments/show/compare.ts";
import { headOnly } from "../../../src/experiments/show/revisions.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { openProject } from "../../../src/project/open.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

const options: CollectOptions = { revisions: headOnly, hide: new Set(), params: "all", naming: "names" };

function collect(folder: string, rest: Partial<CollectOptions> = {}): Promise<readonly Baseline[]> {
  return collectExperiments(openExperiments(openProject(folder)), { ...options, ...rest });
}

/** A small pipeline whose metrics are in Git. */
const files = {
  "params.yaml": "lr: 0.1\n",
  "metrics.json": '{"acc": 0.5}\n',
  "dvc.yaml":
    "stages:\n  train:\n    cmd: sh train.sh\n    params:\n    - lr\n    metrics:\n    - metrics.json:\n        cache: false\n",
};

/** Commits the work tree as an experiment of HEAD, then resets it. Returns the commit. */
function experiment(repository: Repository, name: string, changes: Record<string, string>): string {
  repository.write(changes);
  repository.git("add", "--all");
  const tree = repository.git("write-tree");
  const head = repository.git("rev-parse", "HEAD");
  const commit = repository.git("commit-tree", tree, "-p", head, "-m", name);
  repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${name}`, commit);
  repository.git("reset", "--quiet", "--hard");
  return commit;
}

/** An entry of our queue, as the queue's own code writes its message. */
function enqueue(
  repository: Repository,
  entry: { state: "queued" | "failed"; sequence: number; name: string; sweep?: string },
): string {
  const head = repository.git("rev-parse", "HEAD") as ObjectId;
  const facts = { identity: "0", overrides: [], targets: [], flags: {}, folder: "" };
  const record = { v: 1 as const, sequence: entry.sequence, ...facts, ...(entry.sweep ? { sweep: entry.sweep } : {}) };
  const message = entryMessage({ head, baseline: head, name: entry.name }, record);
  const commit = repository.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", message);
  const sequence = String(entry.sequence).padStart(10, "0");
  repository.git("update-ref", `refs/exps/celery/sweepline/${entry.state}/${sequence}`, commit);
  return commit;
}

const names = (baseline: Baseline | undefined) => baseline?.experiments.map(({ name }) => name);
const states = (baseline: Baseline | undefined) =>
  baseline?.experiments.map(({ name, executor }) => [name, executor?.state ?? null]);
const plainMetrics = (baseline: Baseline | undefined) =>
  [...(baseline?.data?.metrics ?? [])].map(([file, result]) => [
    file,
    result.kind === "data" ? toPlain(result.data) : result.type,
  ]);

describe("baselines", () => {
  const bundle = fileURLToPath(new URL("data/experiments.bundle", import.meta.url));
  const repository = makeRepository({ git: false, dvc: false });
  repository.git("init", "--quiet");
  repository.git("fetch", "--quiet", "--update-head-ok", bundle, "refs/*:refs/*");
  repository.git("checkout", "--quiet", "--force", "main");
  const rows = async (revisions: Partial<CollectOptions["revisions"]>, rest: Partial<CollectOptions> = {}) =>
    (await collect(repository.folder, { revisions: { ...headOnly, ...revisions }, ...rest })).map(
      ({ rev, name, experiments }) => [rev === "workspace" ? rev : name, experiments.length],
    );

  test("HEAD, with its experiments newest first", async () => {
    const [workspace, head] = await collect(repository.folder);
    expect(workspace?.rev).toBe("workspace");
    expect(head?.name).toBe("main");
    expect(names(head)).toEqual(["badmetrics", "added", "lr2", "lr1", "lr0"]);
  });

  test("branches, tags, all commits", async () => {
    const both = [
      ["workspace", 0],
      ["v1", 1],
      ["main", 5],
    ];
    expect(await rows({ allBranches: true })).toEqual(both);
    expect(await rows({ allCommits: true })).toEqual(both);
    expect(await rows({ allTags: true })).toEqual(both.slice(0, 2));
    expect(await rows({ revs: ["feat"], count: 2 })).toEqual(both);
    expect(await rows({ revs: ["feat"], count: -1 })).toEqual(both);
    expect(await rows({ count: 0 })).toEqual([["workspace", 0]]);
    expect(await rows({}, { naming: "ids", hide: new Set(["workspace"]) })).toEqual([[null, 5]]);
  });

  test("an experiment's name is a revision too; others are refused", async () => {
    expect(await rows({ revs: ["lr0"] })).toEqual([
      ["workspace", 0],
      [null, 0],
    ]);
    await expect(rows({ revs: ["nosuch"] })).rejects.toThrow("unknown Git revision 'nosuch'");
    await expect(rows({ revs: ["--all"] })).rejects.toThrow("unknown Git revision '--all'");
  });

  test("what experiments share is one object", async () => {
    const [, head] = await collect(repository.folder);
    const toml = head?.experiments.map(({ revs }) => revs[0].data?.params.get("params.toml"));
    expect(new Set(toml).size).toBe(1);
  });

  test("metrics of a commit as one flat view", async () => {
    const context = openExperiments(openProject(repository.folder));
    const lr1 = repository.git("rev-parse", "main") as ObjectId;
    expect([...(await metricsOfCommit(context, lr1))]).toEqual([
      ["acc", 0.9975],
      ["nested.loss", 0.02],
      ["nested.n", 4n],
    ]);
  });
});

describe("states", () => {
  test("running, finished, queued, failed; those of a second in the order of the queue, newest first", async () => {
    const repository = makeRepository({ files });
    experiment(repository, "done", { "metrics.json": '{"acc": 0.7}\n' });
    for (const sequence of [1, 2, 3]) enqueue(repository, { state: "queued", sequence, name: `q${sequence}` });
    enqueue(repository, { state: "failed", sequence: 4, name: "bad" });
    const claims = path.join(repository.folder, ".dvc/tmp/exps/sweepline/claims");
    mkdirSync(claims, { recursive: true });
    writeFileSync(path.join(claims, "0000000002"), JSON.stringify({ pid: process.pid, startedAt: "", what: "run" }));
    writeFileSync(path.join(claims, "0000000001"), JSON.stringify({ pid: 2 ** 30, startedAt: "", what: "run" }));
    const [, head] = await collect(repository.folder);
    expect(states(head)).toEqual([
      ["q2", "running"],
      ["done", null],
      ["q3", "queued"],
      ["q1", "queued"],
      ["bad", "failed"],
    ]);
    const [running, , queued, , failed] = head?.experiments ?? [];
    expect(running?.executor?.local?.pid).toBe(process.pid);
    expect(queued?.revs[0].data?.metrics.size).toBe(0);
    expect(failed?.revs[0].error).toEqual({ type: "", message: "Experiment run failed" });
    const [, shown] = await collect(repository.folder, { hide: new Set(["queued", "failed"]) });
    expect(names(shown)).toEqual(["q2", "done"]);
  });

  test("a run's log makes a finished experiment a success, and says why one failed", async () => {
    const repository = makeRepository({ files });
    experiment(repository, "done", {});
    enqueue(repository, { state: "failed", sequence: 2, name: "bad" });
    const runs = path.join(repository.folder, ".dvc/tmp/exps/sweepline/runs");
    mkdirSync(path.join(runs, "0000000001-done"), { recursive: true });
    mkdirSync(path.join(runs, "0000000002-bad"), { recursive: true });
    writeFileSync(
      path.join(runs, "0000000002-bad", "record.json"),
      JSON.stringify({ name: "bad", state: "failed", startedAt: 0, elapsedMs: 1, message: "exited with 3" }),
    );
    const [, head] = await collect(repository.folder);
    const [done, bad] = head?.experiments ?? [];
    expect(done?.executor?.local?.log).toBe(path.join(runs, "0000000001-done", "log"));
    expect(bad?.revs[0].error?.message).toBe("Experiment run failed: exited with 3");
  });

  test("DVC's own queue, from its reflogs", async () => {
    const repository = makeRepository({ files });
    const head = repository.git("rev-parse", "HEAD");
    const message = `dvc-exp:${head}:${head}:theirs`;
    const stash = repository.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", message);
    repository.git("update-ref", "--create-reflog", "-m", `commit: ${message}`, "refs/exps/celery/stash", stash);
    const [, baseline] = await collect(repository.folder);
    expect(states(baseline)).toEqual([["theirs", "queued"]]);
  });

  test("only one sweep, and only baselines that have some of it", async () => {
    const repository = makeRepository({ files });
    enqueue(repository, { state: "queued", sequence: 1, name: "a-1", sweep: "a" });
    enqueue(repository, { state: "queued", sequence: 2, name: "b-1", sweep: "b" });
    const only = (sweep: string) => collect(repository.folder, { sweep, hide: new Set(["workspace"]) });
    expect((await only("a")).map(names)).toEqual([["a-1"]]);
    await expect(only("none")).rejects.toMatchObject({ code: "SWEEP_UNKNOWN", hint: "There are: a, b." });
    enqueue(repository, { state: "queued", sequence: 3, name: "c-1", sweep: "s-1a2b" });
    enqueue(repository, { state: "queued", sequence: 4, name: "c-2", sweep: "s-1a2c" });
    expect((await only("1a2b")).map(names)).toEqual([["c-1"]]);
    expect((await only("s-1a2c")).map(names)).toEqual([["c-2"]]);
    await expect(only("1a")).rejects.toMatchObject({
      message: "several sweeps begin with '1a'",
      hint: "Which one: s-1a2b, s-1a2c?",
    });
    await expect(only("")).rejects.toMatchObject({ code: "SWEEP_UNKNOWN" });
    repository.git("commit", "--quiet", "--allow-empty", "--message", "later");
    expect((await only("b")).map(names)).toEqual([["b-1"]]);
    const atHead = { ...headOnly, revs: ["HEAD"] };
    const chosen = { sweep: "b", hide: new Set(["workspace"] as const), revisions: atHead };
    await expect(collect(repository.folder, chosen)).rejects.toMatchObject({ code: "SWEEP_UNKNOWN" });
  });

  test("checkpoints of DVC 2: the tip first, then the commits before it", async () => {
    const repository = makeRepository({ files });
    const head = repository.git("rev-parse", "HEAD");
    const first = repository.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", "one");
    const tip = repository.git("commit-tree", `${head}^{tree}`, "-p", first, "-m", "two");
    repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/chk`, tip);
    const [, baseline] = await collect(repository.folder);
    expect(baseline?.experiments[0]?.revs.map(({ rev }) => rev)).toEqual([tip, first]);
  });
});

describe("hundreds of commits", () => {
  const count = 220;
  const repository = makeRepository({ files });
  const head = repository.git("rev-parse", "HEAD");
  const blob = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const stream = Array.from(
    { length: count },
    (_, index) =>
      `commit refs/exps/${head.slice(0, 2)}/${head.slice(2)}/e${index}\ncommitter T <t@example.com> ${1_700_000_000 + index} +0000\n` +
      `${blob(`e${index}`)}from ${head}\nM 100644 inline params.yaml\n${blob(`lr: ${index}.5\n`)}`,
  );

  test("are remembered; what is remembered is what was read, and may be lost at any time", async () => {
    const imported = repository.startProgram("git", ["fast-import", "--quiet"], { stdin: stream.join("") });
    expect((await imported.result()).exitCode).toBe(0);
    const first = await collect(repository.folder);
    expect(first[1]?.experiments).toHaveLength(count);
    const memory = path.join(repository.folder, ".dvc/tmp/sweepline/state/rows");
    expect(existsSync(memory)).toBe(true);
    expect(await collect(repository.folder)).toEqual(first);
    expect(await collect(repository.folder, { memory: "renew" })).toEqual(first);
    expect(await collect(repository.folder, { params: "dependencies" })).toEqual(first);
    writeFileSync(memory, "no database");
    expect(await collect(repository.folder)).toEqual(first);
    rmSync(path.dirname(memory), { recursive: true });
    writeFileSync(path.dirname(memory), "no folder");
    expect(await collect(repository.folder)).toEqual(first);
  });
});

describe("data", () => {
  test("metrics that are in the cache, not in Git", async () => {
    const bytes = '{"acc": 0.25}\n';
    const md5 = createHash("md5").update(bytes).digest("hex");
    const lock = `schema: '2.0'\nstages:\n  train:\n    cmd: x\n    outs:\n    - path: m.json\n      hash: md5\n      md5: ${md5}\n      size: 14\n`;
    const repository = makeRepository({
      files: { "dvc.yaml": "stages:\n  train:\n    cmd: x\n    metrics:\n    - m.json\n", "dvc.lock": lock },
    });
    const missing = await collect(repository.folder);
    expect(plainMetrics(missing[1])).toEqual([["m.json", "FileNotFoundError"]]);
    repository.write({ [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: bytes });
    const [workspace, head] = await collect(repository.folder);
    expect(plainMetrics(head)).toEqual([["m.json", { acc: 0.25 }]]);
    expect(plainMetrics(workspace)).toEqual([["m.json", { acc: 0.25 }]]);
  });

  test("a project in a folder of the repository, a pipeline in a folder of the project", async () => {
    const repository = makeRepository({
      dvc: false,
      files: {
        "p/.dvc/config": "",
        "p/sub/dvc.yaml":
          "stages:\n  t:\n    cmd: x\n    deps:\n    - ../in.txt\n    params:\n    - p.yaml:\n      - a\n",
        "p/sub/p.yaml": "a: 1\nb: 2\n",
        "outside/dvc.yaml": "stages:\n  t:\n    cmd: x\n    deps:\n    - no\n",
      },
    });
    const [workspace, head] = await collect(path.join(repository.folder, "p"));
    for (const row of [workspace, head]) {
      expect([...(row?.data?.deps.keys() ?? [])]).toEqual(["in.txt"]);
      expect([...(row?.data?.params ?? [])].map(([file]) => file)).toEqual(["sub/p.yaml"]);
    }
  });

  test("templates take each commit's own parameters", async () => {
    const repository = makeRepository({
      files: {
        "params.yaml": "out: a\n",
        "dvc.yaml": "stages:\n  t:\n    cmd: x\n    deps:\n    - \u0024{out}.txt\n",
      },
    });
    experiment(repository, "b", { "params.yaml": "out: b\n" });
    const [, head] = await collect(repository.folder);
    const deps = (row: { data: { deps: ReadonlyMap<string, unknown> } | null } | undefined) => [
      ...(row?.data?.deps.keys() ?? []),
    ];
    expect(deps(head)).toEqual(["a.txt"]);
    expect(deps(head?.experiments[0]?.revs[0])).toEqual(["b.txt"]);
  });

  test("a broken dvc.yaml is that row's error, no one else's", async () => {
    const repository = makeRepository({ files });
    experiment(repository, "broken", { "dvc.yaml": "stages: [" });
    const [workspace, head] = await collect(repository.folder);
    expect(workspace?.error).toBeNull();
    expect(head?.error).toBeNull();
    expect(head?.experiments[0]?.revs[0]).toMatchObject({ data: null, name: "broken" });
    expect(head?.experiments[0]?.revs[0].error?.message).toContain("dvc.yaml");
  });

  test("a repository without commits has no rows", async () => {
    const repository = makeRepository({ git: false });
    repository.git("init", "--quiet");
    expect(await collect(repository.folder)).toEqual([]);
  });
});
