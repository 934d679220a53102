import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { identifyProcess } from "../../../src/base/processes.ts";
import { enqueue, sweepId } from "../../../src/experiments/make/enqueue.ts";
import type { EnqueueRequest } from "../../../src/experiments/make/enqueue-request.ts";
import { PointInputs } from "../../../src/experiments/point/point-inputs.ts";
import {
  claimEntry,
  listQueue,
  queuePrefix,
  queueRef,
  releaseEntry,
  runningSequences,
} from "../../../src/experiments/queue/entries.ts";
import { recoverDeadRuns } from "../../../src/experiments/recovery/recovery.ts";
import { type ExperimentsContext, openExperiments } from "../../../src/experiments/repository.ts";
import { openProject } from "../../../src/project/open.ts";
import { expandPoints } from "../../../src/sweep/expand.ts";
import { gitWith, useEnvironment } from "../../git/repositories.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

const pipeline = `stages:
  copy:
    cmd: cp params.yaml out.txt
    params:
    - x
    - name
    outs:
    - out.txt
    metrics:
    - m.json:
        cache: false
  data:
    cmd: cp data.csv sum.txt
    deps:
    - data.csv
    outs:
    - sum.txt
`;
const files = {
  "params.yaml": "x: 1 # one\nname: 'a'\nlist: [1, 2]\n",
  "dvc.yaml": pipeline,
  "code.py": "print(1)\n",
  "data.csv.dvc": `outs:\n- md5: ${"0".repeat(32)}\n  size: 1\n  path: data.csv\n`,
  ".gitignore": "/data.csv\n/out.txt\n/sum.txt\nignored*\n",
  "other.json": '{"k": 1}\n',
};

function open(repository: Repository): ExperimentsContext {
  useEnvironment(repository);
  return openExperiments(openProject(repository.folder));
}

async function queue(context: ExperimentsContext, overrides: readonly string[], request: Partial<EnqueueRequest> = {}) {
  const expansion = expandPoints(overrides);
  return enqueue(context, {
    inputs: new PointInputs(context, { points: expansion.points, configs: undefined, folder: "" }),
    numbered: expansion.isSweep,
    name: undefined,
    message: undefined,
    sweep: undefined,
    pointsAre: "points",
    targets: [],
    flags: {},
    copyPaths: [],
    samePoint: "skip",
    takenName: "refuse",
    place: "last",
    failedBefore: "queue",
    claim: "leave",
    ...request,
  });
}

describe("what makes a point another point", () => {
  let repository: Repository;
  let context: ExperimentsContext;
  const overrides = ["x=5"];

  beforeAll(async () => {
    repository = makeRepository({ files });
    context = open(repository);
    repository.write({ "untracked.txt": "u\n", "folder/one": "1\n", "folder/two": "2\n" });
    expect((await queue(context, overrides, { name: "first" })).queued).toHaveLength(1);
  });

  /** What becomes of the point where the workspace is as `change` leaves it; everything is put back afterwards. */
  async function sameAs(change: () => void, request: Partial<EnqueueRequest> = {}, line = overrides) {
    change();
    try {
      const { known, queued } = await queue(context, line, { name: "again", ...request });
      if (queued.length === 0) return known[0]?.name;
      repository.git("for-each-ref", "--format=delete %(refname)", `${queuePrefix}`);
      for (const { sequence } of queued) repository.git("update-ref", "-d", queueRef("queued", sequence));
      return "new";
    } finally {
      repository.git("reset", "--quiet", "--hard");
    }
  }
  const write = (changed: Readonly<Record<string, string>>) => () => repository.write(changed);

  test.each<[string, () => void]>([
    ["nothing", () => undefined],
    ["a comment in the parameter file", write({ "params.yaml": "# new\nx: 1\nname: 'a'\nlist: [1, 2]\n" })],
    ["how DVC writes it", write({ "params.yaml": "x: 1\nname: a\nlist:\n- 1\n- 2\n" })],
    ["keys in another order", write({ "params.yaml": "list: [1, 2]\nname: a\nx: 1\n" })],
    ["the value that the override sets anyway", write({ "params.yaml": "x: 3\nname: a\nlist: [1, 2]\n" })],
    ["an untracked file", write({ "other.txt": "new\n" })],
    ["an ignored file", write({ "ignored.txt": "new\n" })],
    ["a lock file of an earlier run", () => stage({ "dvc.lock": "schema: '2.0'\n" })],
    ["a metric of an earlier run", () => stage({ "m.json": "{}\n" })],
    ["what Git ignores", () => stage({ ".gitignore": `${files[".gitignore"]}/more\n` })],
    ["DVC's configuration", write({ ".dvc/config": "[core]\n    autostage = false\n" })],
  ])("not %s", async (_, change) => expect(await sameAs(change)).toBe("first"));

  function stage(changed: Readonly<Record<string, string>>): void {
    repository.write(changed);
    repository.git("add", "--force", ...Object.keys(changed));
  }

  test.each<[string, () => void]>([
    ["code", write({ "code.py": "print(2)\n" })],
    ["code that is staged", () => stage({ "code.py": "print(3)\n" })],
    ["a new tracked file", () => stage({ "new.py": "" })],
    ["a file that is gone", () => repository.git("rm", "--quiet", "other.json")],
    ["the pipeline", write({ "dvc.yaml": pipeline.replace("cp params", "cp  params") })],
    ["tracked data", write({ "data.csv.dvc": files["data.csv.dvc"].replace("0000", "1111") })],
    ["another parameter", write({ "params.yaml": "x: 1\nname: b\nlist: [1, 2]\n" })],
    ["a parameter of another kind", write({ "params.yaml": "x: 1\nname: a\nlist: [1.0, 2]\n" })],
    ["a right to execute", () => chmodSync(path.join(repository.folder, "code.py"), 0o755)],
  ])("but %s", async (_, change) => expect(await sameAs(change)).toBe("new"));

  test.each<[string, string]>([
    ["x=5", "first"],
    ["x=0x5", "new"],
    ["x=5.0", "new"],
    ["x='5'", "new"],
    ["x=6", "new"],
    ["++x=5", "first"],
    ["params.yaml:x=5", "first"],
  ])("%s is %s", async (line, expected) => expect(await sameAs(() => undefined, {}, [line])).toBe(expected));

  test.each<[string, () => Partial<EnqueueRequest>, string]>([
    ["targets", () => ({ targets: ["copy"] }), "new"],
    ["a flag that changes what runs", () => ({ flags: { singleItem: true } }), "new"],
    ["flags that only say how", () => ({ flags: { force: true, jobs: 2 } }), "first"],
    ["--ignore-errors", () => ({ flags: { onError: "ignore" as const } }), "new"],
    ["--strict", () => ({ flags: { strict: true } }), "new"],
    ["a message", () => ({ message: "hello" }), "first"],
    ["copied files", () => ({ copyPaths: [path.join(repository.folder, "untracked.txt")] }), "new"],
  ])("%s", async (_, request, expected) => expect(await sameAs(() => undefined, request())).toBe(expected));

  test("copied files count by name and content", async () => {
    const copyPaths = [path.join(repository.folder, "folder")];
    expect((await queue(context, overrides, { copyPaths, name: "with-folder" })).queued).toHaveLength(1);
    expect(await sameAs(() => undefined, { copyPaths })).toBe("with-folder");
    repository.write({ "folder/two": "other\n" });
    expect(await sameAs(() => undefined, { copyPaths })).toBe("new");
    repository.write({ "folder/two": "2\n" });
    expect(await sameAs(() => undefined, { copyPaths: [`${copyPaths[0]}/one`] })).toBe("new");
  });

  const ranCopy =
    "  copy:\n    cmd: cp params.yaml out.txt\n    params:\n      params.yaml:\n        name: a\n        x: 77\n";
  const ranData = "  data:\n    cmd: cp data.csv sum.txt\n";

  test.each([
    ["", "from-dvc", ranCopy + ranData],
    [", not where it ran a part of the pipeline", "new", ranCopy],
    [", not where a stage ran with other parameters", "new", ranCopy.replace("77", "76") + ranData],
  ])("an experiment of DVC's, without our record, counts by its tree%s", async (_, expected, stages) => {
    const lock = `schema: '2.0'\nstages:\n${stages}`;
    repository.write({ "params.yaml": "x: 77\nname: a\nlist:\n- 1\n- 2\n", "dvc.lock": lock });
    repository.git("add", "--force", "params.yaml", "dvc.lock");
    const head = repository.git("rev-parse", "HEAD");
    const commit = repository.git(
      "commit-tree",
      repository.git("write-tree"),
      "-p",
      head,
      "-m",
      "dvc: commit experiment",
    );
    repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/from-dvc`, commit);
    repository.git("reset", "--quiet", "--hard");
    expect(await sameAs(() => undefined, {}, ["x=77"])).toBe(expected);
    expect(await sameAs(() => undefined, {}, ["x=78"])).toBe("new");
    expect(await sameAs(write({ "code.py": "2\n" }), {}, ["x=77"])).toBe("new");
  });
});

test("a sweep's id depends on the baseline, its words and its targets", () => {
  const base = "a".repeat(40) as never;
  const id = sweepId(base, ["x=1,2"], []);
  expect(id).toMatch(/^s-[0-9a-f]{12}$/);
  expect(sweepId(base, ["x=1,2"], [])).toBe(id);
  const others = [
    sweepId("b".repeat(40) as never, ["x=1,2"], []),
    sweepId(base, ["x=1", "2"], []),
    sweepId(base, ["x=1,2"], ["t"]),
  ];
  expect(new Set([id, ...others]).size).toBe(4);
});

describe("the queue", () => {
  let repository: Repository;
  let context: ExperimentsContext;
  beforeEach(() => {
    repository = makeRepository({ files });
    context = open(repository);
  });

  test("lists entries in the order of queueing, with all that they carry", async () => {
    await queue(context, ["x=10,11"], {
      name: "g",
      message: "why\nso",
      targets: ["copy"],
      flags: { force: true },
      sweep: "s-1",
    });
    await queue(context, ["list.1=3"], { name: "last" });
    const { entries, broken } = await listQueue(context);
    expect(broken).toEqual([]);
    expect(entries.map((entry) => [entry.name, entry.sequence, entry.state])).toEqual([
      ["g-1", 1, "queued"],
      ["g-2", 2, "queued"],
      ["last", 3, "queued"],
    ]);
    const head = repository.git("rev-parse", "HEAD");
    expect(entries[1]).toMatchObject({
      head,
      baseline: head,
      copiedPaths: undefined,
      record: {
        message: "why\nso",
        targets: ["copy"],
        flags: { force: true },
        sweep: "s-1",
        point: 1,
        overrides: [{ file: "params.yaml", key: "x", text: "x=11", value: "11" }],
      },
    });
    expect(repository.git("show", `${entries[1]?.ref}:params.yaml`)).toBe("x: 11 # one\nname: 'a'\nlist: [1, 2]");
    expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
  });

  test("entries that are none of ours are listed as broken, and harm no other", async () => {
    await queue(context, ["x=10"], { name: "before" });
    const { git } = repository;
    const commit = git.call(repository, "rev-parse", "HEAD");
    const blob = gitWith(repository, ["hash-object", "-w", "--stdin"], "a\0b\0c\0d\0e\0f\0g\n");
    const nul = gitWith(
      repository,
      ["hash-object", "-w", "-t", "commit", "--stdin", "--literally"],
      `tree ${repository.git("rev-parse", "HEAD^{tree}")}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\na\0b\0c\n`,
    );
    repository.git("tag", "-a", "v1", "-m", "tag\n\nbody");
    const refs: readonly (readonly [string, string])[] = [
      ["queued/0000000050", commit],
      ["queued/0000000051", blob],
      ["queued/0000000052", repository.git("rev-parse", "HEAD^{tree}")],
      ["queued/0000000053", repository.git("rev-parse", "v1")],
      ["queued/0000000054", nul],
      ["queued/short", commit],
      ["other/0000000055", commit],
      ["queued/0000000056/deeper", commit],
    ];
    for (const [name, id] of refs) repository.git("update-ref", `${queuePrefix}/${name}`, id);
    await queue(context, ["x=11"], { name: "after" });
    const { entries, broken } = await listQueue(context);
    expect(entries.map((entry) => entry.name)).toEqual(["before", "after"]);
    expect(broken.map((entry) => entry.ref).sort()).toEqual(refs.map(([name]) => `${queuePrefix}/${name}`).sort());
  });

  test("claims: ours are told, and those of the dead are freed", async () => {
    await queue(context, ["x=1,2,3"], { name: "g" });
    expect(claimEntry(context, 1)).toBe(true);
    expect(claimEntry(context, 1)).toBe(false);
    claimEntry(context, 2);
    const dead = JSON.stringify({ pid: 4_194_000, startedAt: "1@x", what: "run 2" });
    writeFileSync(path.join(context.state.claims, "0000000002"), dead);
    expect([...runningSequences(context)]).toEqual([1]);
    expect(await recoverDeadRuns(context)).toEqual([2]);
    releaseEntry(context, 1);
    expect([...runningSequences(context)]).toEqual([]);
  });

  test("an unreadable table of processes, or one that names us, ends nobody", async () => {
    claimEntry(context, 3);
    const dead = JSON.stringify({ pid: 4_194_000, startedAt: "1@x", what: "run" });
    for (const table of ["{", "null", "{}", "[null]", '[{"pid":1}]', '[{"pid":-1,"startedAt":""}]', '[{"pid":0}]']) {
      writeFileSync(path.join(context.state.claims, "0000000003"), dead);
      writeFileSync(path.join(context.state.claims, "0000000003.processes"), table);
      expect(await recoverDeadRuns(context), table).toEqual([3]);
    }
    writeFileSync(path.join(context.state.claims, "0000000003"), dead);
    // Our own pid, with another start time: a pid that was used again.
    const recycled = JSON.stringify([{ ...identifyProcess(process.pid), startedAt: "1@0" }]);
    writeFileSync(path.join(context.state.claims, "0000000003.processes"), recycled);
    expect(await recoverDeadRuns(context)).toEqual([3]);
  });

  test("numbers go on after .dvc/tmp was deleted, and never fall back", async () => {
    await queue(context, ["x=1,2"], { name: "g" });
    repository.git("update-ref", "-d", queueRef("queued", 2));
    expect((await queue(context, ["x=3"], { name: "h" })).queued[0]?.sequence).toBe(3);
    writeFileSync(context.state.lastSequence, "nonsense");
    expect((await queue(context, ["x=4"], { name: "i" })).queued[0]?.sequence).toBe(4);
  });

  test("two that queue at once get numbers of their own", async () => {
    const lines = Array.from({ length: 4 }, (_, at) => `x=${at}`);
    await Promise.all(lines.map((line) => queue(context, [line])));
    const { entries } = await listQueue(context);
    expect(entries.map((entry) => entry.sequence)).toEqual([1, 2, 3, 4]);
  });
});
