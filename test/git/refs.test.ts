import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ObjectId, RefName } from "../../src/git/ids.ts";
import { changeRefs, listRefs, type RefChange, type RefRefusal, RefTransactions, refIs } from "../../src/git/refs.ts";
import { openRepository, zeroId } from "../../src/git/repository.ts";
import { makeTemporaryFolder } from "../rig/index.ts";
import { makeOpened, makeSha256, type Opened } from "./repositories.ts";

let prepared: Opened;
let sha1: Opened;
let one: ObjectId;
let two: ObjectId;

beforeAll(() => {
  prepared = makeOpened();
  one = prepared.rig.git("rev-parse", "HEAD") as ObjectId;
  prepared.rig.write({ "a.txt": "two\n" });
  two = prepared.rig.commit("two") as ObjectId;
});
beforeEach(() => {
  const rig = prepared.rig.copy();
  sha1 = { rig, opened: openRepository(rig.folder) };
});

const ref = (name: string) => `refs/exps/test/${name}` as RefName;
const create = (name: string, to: ObjectId): RefChange => ({ kind: "create", ref: ref(name), to });

describe("locks that a git left", () => {
  const lockOf = (name: string) => ({ [`.git/refs/exps/test/${name}.lock`]: "" });

  test("of one that is gone, they are removed", async () => {
    const { opened, rig } = sha1;
    rig.write(lockOf("left"));
    await changeRefs(opened, "over a lock", [create("left", one)]);
    expect(await refIs(opened, ref("left"), one)).toBe(true);
    await changeRefs(opened, "away", [{ kind: "delete", ref: ref("left"), from: one }]);
  });

  test("while a git is at work in the repository, they stay", async () => {
    const { opened, rig } = sha1;
    rig.write(lockOf("held"));
    const git = rig.startProgram("git", ["-c", "alias.wait=!echo here >&2; exec sleep 30 >/dev/null 2>&1", "wait"]);
    await git.printed("here");
    const transactions = new RefTransactions(opened, "over a lock");
    const outcome = await transactions.commit([create("held", one)]);
    expect(outcome).toMatchObject({ kind: "refused", why: "locked", ref: ref("held") });
    await transactions.close();
    expect((await git.kill("SIGKILL")).signal).toBe("SIGKILL");
    await changeRefs(opened, "over a lock", [create("held", one)]);
    await changeRefs(opened, "away", [{ kind: "delete", ref: ref("held"), from: one }]);
  });
});

describe("a symbolic ref in the place of one of ours", () => {
  const main = "refs/heads/main" as RefName;

  test.each<[string, RefChange]>([
    ["set", { kind: "set", ref: ref("link"), to: "" as ObjectId }],
    ["update", { kind: "update", ref: ref("link"), from: "" as ObjectId, to: "" as ObjectId }],
    ["delete", { kind: "delete", ref: ref("link"), from: "" as ObjectId }],
  ])("%s changes it and not what it names", async (_, change) => {
    const { opened, rig } = sha1;
    rig.git("symbolic-ref", ref("link"), main);
    await changeRefs(opened, "over a link", [
      { ...change, ...("to" in change ? { to: one } : {}), ...("from" in change ? { from: two } : {}) } as RefChange,
    ]);
    expect(await refIs(opened, main, two)).toBe(true);
    expect(rig.git("for-each-ref", "--format=%(symref)%(objectname)", ref("link"))).toBe(
      change.kind === "delete" ? "" : one,
    );
  });

  test("create takes the place of one that leads to a ref that is not there, and does not make that", async () => {
    const { opened, rig } = sha1;
    rig.git("symbolic-ref", ref("link"), "refs/heads/planted");
    await changeRefs(opened, "over a link", [create("link", one)]);
    expect(rig.git("for-each-ref", "--format=%(symref)%(objectname)", ref("link"))).toBe(one);
    expect(rig.git("for-each-ref", "refs/heads")).not.toContain("planted");
  });
});

describe("ref transactions", () => {
  test("all kinds of changes in one transaction, with a reason in the reflog", async () => {
    const { opened, rig } = sha1;
    await changeRefs(opened, "first", [create("a", one), create("b", one), create("d", one)]);
    rig.git("branch", "logged", one);
    await changeRefs(opened, "moved by us", [
      { kind: "update", ref: ref("a"), from: one, to: two },
      { kind: "set", ref: ref("b"), to: two },
      { kind: "delete", ref: ref("d"), from: one },
      { kind: "set", ref: "refs/heads/logged" as RefName, to: two },
    ]);
    const refs = await listRefs(opened, ["refs/exps/test"]);
    expect(refs).toEqual([
      { name: ref("a"), id: two },
      { name: ref("b"), id: two },
    ]);
    expect(rig.git("log", "-1", "-g", "--format=%gs", "refs/heads/logged")).toBe("moved by us");
  });

  test.each<[string, RefRefusal["why"], string | undefined, () => RefChange[]]>([
    ["a create of what exists", "exists", "a", () => [create("new", one), create("a", one)]],
    [
      "an update with another old value",
      "changed",
      "a",
      () => [create("new", one), { kind: "update", ref: ref("a"), from: one, to: one }],
    ],
    [
      "a delete with another old value",
      "changed",
      "a",
      () => [create("new", one), { kind: "delete", ref: ref("a"), from: one }],
    ],
    [
      "a delete of what is not there",
      "changed",
      "gone",
      () => [create("new", one), { kind: "delete", ref: ref("gone"), from: one }],
    ],
    [
      "an object that is not there",
      "other",
      undefined,
      () => [create("new", one), create("bad", "1".repeat(40) as ObjectId)],
    ],
    ["a ref below a ref", "other", undefined, () => [create("new", one), create("a/below", one)]],
    ["a name that is no ref's", "other", undefined, () => [create("new", one), create("../../heads/evil", one)]],
    ["the same ref twice", "other", undefined, () => [create("new", one), create("new", two)]],
  ])("%s is refused, and nothing is changed", async (_, why, name, changes) => {
    const { opened, rig } = sha1;
    await changeRefs(opened, "first", [create("a", two)]);
    const before = rig.git("for-each-ref");
    const transactions = new RefTransactions(opened, "test");
    const outcome = await transactions.commit(changes());
    const message = expect.stringMatching(/./);
    expect(outcome).toEqual({ kind: "refused", why, ref: name === undefined ? undefined : ref(name), message });
    expect(rig.git("for-each-ref")).toBe(before);
    // The same object goes on with a new process.
    expect(await transactions.commit([create("after", one)])).toEqual({ kind: "committed" });
    expect(await transactions.commit([{ kind: "delete", ref: ref("after"), from: one }])).toEqual({
      kind: "committed",
    });
    await transactions.close();
    await expect(changeRefs(opened, "test", changes())).rejects.toMatchObject({ code: "REFS_REFUSED" });
  });

  test("many transactions of one object, all at once, run one after the other in one process", async () => {
    const transactions = new RefTransactions(sha1.opened, "test");
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, at) => transactions.commit([create(`many-${at % 50}`, one)])),
    );
    await transactions.close();
    expect(outcomes.map((outcome) => outcome.kind)).toEqual([
      ...Array(50).fill("committed"),
      ...Array(10).fill("refused"),
    ]);
  });

  test("a process that was killed while idle is replaced; one that never ran closes at once", async () => {
    const transactions = new RefTransactions(sha1.opened, "test");
    await transactions.commit([create("k-1", one)]);
    const { child } = transactions as unknown as { child: import("node:child_process").ChildProcess };
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGINT");
    expect(await transactions.commit([create("k-2", one)])).toEqual({ kind: "committed" });
    await gone;
    expect(await transactions.commit([create("k-3", one)])).toEqual({ kind: "committed" });
    const next = (transactions as unknown as { child: import("node:child_process").ChildProcess }).child;
    const nextGone = new Promise((resolve) => next.once("close", resolve));
    next.kill("SIGKILL");
    await nextGone;
    await transactions.close();
    await new RefTransactions(sha1.opened, "test").close();
  });

  test("no changes are no transaction", async () => {
    const transactions = new RefTransactions(sha1.opened, "test");
    expect(await transactions.commit([])).toEqual({ kind: "committed" });
    await transactions.close();
  });

  test("packed refs are refs", async () => {
    const { opened, rig } = sha1;
    await changeRefs(opened, "test", [create("packed", one)]);
    expect(await refIs(opened, ref("packed"), one)).toBe(true);
    rig.git("pack-refs", "--all", "--prune");
    expect(await refIs(opened, ref("packed"), one)).toBe(true);
    expect(await refIs(opened, ref("packed"), two)).toBe(false);
    const transactions = new RefTransactions(opened, "test");
    expect((await transactions.commit([create("packed", two)])).kind).toBe("refused");
    await transactions.close();
    await changeRefs(opened, "test", [{ kind: "delete", ref: ref("packed"), from: one }]);
    expect(await refIs(opened, ref("packed"), one)).toBe(false);
  });

  test("two processes for one ref: one wins", async () => {
    const rivals = Array.from({ length: 4 }, () => new RefTransactions(sha1.opened, "test"));
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.all(rivals.map((rival) => rival.commit([create(`rival-${round}`, one)])));
      expect(outcomes.filter((outcome) => outcome.kind === "committed")).toHaveLength(1);
    }
    await Promise.all(rivals.map((rival) => rival.close()));
  });

  test("SHA-256", async () => {
    const { rig, opened } = makeSha256(makeTemporaryFolder());
    const head = rig.git("rev-parse", "HEAD") as ObjectId;
    expect(zeroId(opened)).toHaveLength(64);
    await changeRefs(opened, "test", [create("a", head)]);
    expect(readFileSync(path.join(rig.folder, ".git/refs/exps/test/a"), "utf8").trim()).toBe(head);
    await expect(changeRefs(opened, "test", [create("a", head)])).rejects.toMatchObject({ code: "REFS_REFUSED" });
  });
});
