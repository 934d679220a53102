/** The ref transactions that end a run. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { QueueEntry } from "../../src/experiments/queue/entries.ts";
import { experimentRef } from "../../src/experiments/repository.ts";
import type { RefTransactions } from "../../src/git/refs.ts";
import { commitOutcome, moveToFailed } from "../../src/run/entry-refs.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../cli/exp-project.ts";
import type { Repository } from "../rig/index.ts";
import { contextOf, openQueued, queueAs } from "./queued.ts";

let made: Repository;
let repository: Repository;
let refs: RefTransactions;
let entry: QueueEntry;

beforeAll(async () => {
  made = makeExperimentRepository();
  await queueAs(contextOf(made), ["x=2,3"]);
});
beforeEach(async () => {
  ({ repository, refs, entry } = await openQueued(made));
});
afterEach(() => refs.close());

const take = (name: string): void => void repository.git("update-ref", experimentRef(entry.baseline, name), "HEAD");
const at = (name: string): string => repository.git("rev-parse", experimentRef(entry.baseline, name));

const result = () => ({ repository: contextOf(repository).repository, commit: entry.commit });

describe("a result", () => {
  test("takes its entry's place in one transaction, under the next free name", async () => {
    take("p-1");
    take("p-1-2");
    expect(await commitOutcome(refs, entry, result())).toEqual({ name: "p-1-3" });
    expect(at("p-1-3")).toBe(entry.commit);
    expect(queueRefs(repository)).toEqual(["queued/2"]);
  });

  test("replaces an experiment where that was asked for", async () => {
    take("p-1");
    const replacing = { ...entry, record: { ...entry.record, replace: true } as const };
    expect(await commitOutcome(refs, replacing, result())).toEqual({ name: "p-1" });
    expect(at("p-1")).toBe(entry.commit);
  });

  test("is kept where its entry was removed or changed meanwhile, which stays as it is", async () => {
    repository.git("update-ref", entry.ref, "HEAD");
    expect(await commitOutcome(refs, entry, result())).toEqual({ name: "p-1" });
    expect(experimentNames(repository)).toEqual(["p-1"]);
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
  });

  test("of an entry that another run finished meanwhile is told of the first one, which stays alone", async () => {
    const { identity, overrides, targets, flags } = entry.record;
    const header = JSON.stringify({ v: 1, identity, overrides, targets, flags });
    const [tree = "", author = ""] = repository.git("log", "-1", "--format=%T%n%an <%ae> %at +0000").split("\n");
    const text = `tree ${tree}\nparent ${entry.baseline}\nauthor ${author}\ncommitter ${author}\nsweepline ${header}\n\nfirst\n`;
    repository.write({ "../first": text });
    const first = repository.git("hash-object", "-t", "commit", "-w", "../first");
    repository.git("update-ref", experimentRef(entry.baseline, "p-1"), first);
    repository.git("update-ref", "-d", entry.ref);
    expect(await commitOutcome(refs, entry, result())).toEqual({ name: "p-1", earlier: first });
    expect(at("p-1")).toBe(first);
    expect(experimentNames(repository)).toEqual(["p-1"]);
  });

  test("that no ref can hold is refused with the way to keep it", async () => {
    // A ref below that name: Git can't have both.
    repository.git("update-ref", `${experimentRef(entry.baseline, "p-1")}/below`, "HEAD");
    await expect(commitOutcome(refs, entry, result())).rejects.toMatchObject({
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
