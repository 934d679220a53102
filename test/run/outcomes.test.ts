/** The ref transactions that end a run, and the hint for what a copy lacks. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunFailure } from "../../src/experiments/failure.ts";
import { listQueue, type QueueEntry } from "../../src/experiments/queue/entries.ts";
import { type ExperimentsContext, experimentRef } from "../../src/experiments/repository.ts";
import { RefTransactions } from "../../src/git/refs.ts";
import { commitOutcome, hintForMissing, moveToFailed } from "../../src/run/outcomes.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../cli/exp-project.ts";
import type { Repository } from "../rig/index.ts";
import { contextOf, queueAs } from "./queued.ts";

let made: Repository;
let repository: Repository;
let context: ExperimentsContext;
let refs: RefTransactions;
let entry: QueueEntry;

beforeAll(async () => {
  made = makeExperimentRepository();
  await queueAs(contextOf(made), ["x=2,3"]);
});
beforeEach(async () => {
  repository = made.copy();
  context = contextOf(repository);
  refs = new RefTransactions(context.repository, "test");
  const [first] = (await listQueue(context)).entries;
  if (first === undefined) throw new TypeError("nothing is queued");
  entry = first;
});
afterEach(() => refs.close());

const take = (name: string): void => void repository.git("update-ref", experimentRef(entry.baseline, name), "HEAD");
const at = (name: string): string => repository.git("rev-parse", experimentRef(entry.baseline, name));

describe("a result", () => {
  test("takes its entry's place in one transaction, under the next free name", async () => {
    take("p-1");
    take("p-1-2");
    expect(await commitOutcome(refs, entry, entry.commit)).toBe("p-1-3");
    expect(at("p-1-3")).toBe(entry.commit);
    expect(queueRefs(repository)).toEqual(["queued/2"]);
  });

  test("replaces an experiment where that was asked for", async () => {
    take("p-1");
    const replacing = { ...entry, record: { ...entry.record, replace: true } as const };
    expect(await commitOutcome(refs, replacing, entry.commit)).toBe("p-1");
    expect(at("p-1")).toBe(entry.commit);
  });

  test("is kept where its entry was removed or changed meanwhile, which stays as it is", async () => {
    repository.git("update-ref", entry.ref, "HEAD");
    expect(await commitOutcome(refs, entry, entry.commit)).toBe("p-1");
    expect(experimentNames(repository)).toEqual(["p-1"]);
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
  });

  test("that no ref can hold is refused with the way to keep it", async () => {
    // A ref below that name: Git can't have both.
    repository.git("update-ref", `${experimentRef(entry.baseline, "p-1")}/below`, "HEAD");
    await expect(commitOutcome(refs, entry, entry.commit)).rejects.toMatchObject({
      code: "COMMIT_REFUSED",
      hint: `Nothing is lost: git update-ref ${experimentRef(entry.baseline, "p-1")} ${entry.commit} keeps it.`,
    });
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
  });
});

test("a failed entry is moved; one that is gone can't be", async () => {
  expect(await moveToFailed(refs, entry)).toBeUndefined();
  expect(queueRefs(repository)).toEqual(["failed/1", "queued/2"]);
  expect(await moveToFailed(refs, entry)).toMatchObject({ kind: "refused" });
});

describe("a run that missed a file", () => {
  const command: RunFailure = {
    kind: "stages",
    failures: [{ kind: "command", address: "copy", name: "copy", command: "sh copy.sh", end: { exitCode: 1 } }],
  };
  const refused: RunFailure = { kind: "refused", error: { code: "BUG_IN_TEST" as never, message: "" } };
  const hint = (log: string, missing: readonly string[] = [], failure: RunFailure = command) => {
    const file = path.join(repository.root, "log");
    writeFileSync(file, log);
    return hintForMissing(context, { kind: "failed", cause: "code", failure, missing }, file);
  };

  beforeEach(() => repository.write({ "extra.txt": "1\n", "folder/deep.txt": "1\n", "out.txt": "1\n" }));

  test("which lies untracked in the workspace is told of -C", async () => {
    expect(await hint("cat: extra.txt: No such file\n")).toContain("name it with -C extra.txt");
    expect(await hint("open('folder/deep.txt') failed\n")).toContain("-C folder");
    expect(await hint("", ["folder/deep.txt"], refused)).toContain("-C folder");
  });

  test.each<[what: string, log: string]>([
    ["nothing that is there", "cat: nope.txt: No such file\n"],
    ["a longer word", "cat: my-extra.txt: No such file\ncat: extra.txt2: No such file\n"],
    ["an output, which the run makes itself", "cat: out.txt: No such file\n"],
    ["no word", ""],
  ])("but not where the output names %s", async (_what, log) => {
    expect(await hint(log)).toBeUndefined();
  });

  test("nor for words of a failure that is no command's, or without a log, or where the pipeline can't be read", async () => {
    expect(await hint("cat: extra.txt: No such file\n", [], refused)).toBeUndefined();
    const outcome = { kind: "failed", cause: "code", failure: command, missing: [] } as const;
    expect(await hintForMissing(context, outcome, path.join(repository.root, "nowhere"))).toBeUndefined();
    repository.write({ "dvc.yaml": "broken: [\n" });
    expect(await hint("cat: extra.txt: No such file\n")).toBeUndefined();
  });
});
