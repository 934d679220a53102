/** Each reader of a state file below .dvc/tmp, over any bytes: what can't be read counts as nothing, or is made anew. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLockHeld, lockHolder, tryLock, unlock, withLock } from "../../src/base/locks.ts";
import { backgroundCoordinator } from "../../src/experiments/coordinator/facts.ts";
import { readRequests } from "../../src/experiments/coordinator/requests.ts";
import { recall } from "../../src/experiments/copy/memory.ts";
import { type StateLayout, stateLayout } from "../../src/experiments/layout.ts";
import { readOrder, sortByOrder } from "../../src/experiments/queue/order.ts";
import { lastSequence } from "../../src/experiments/queue/sequence.ts";
import { deadStages, endDeadStages } from "../../src/experiments/recovery/stage-tables.ts";
import type { ExperimentsContext } from "../../src/experiments/repository.ts";
import { readAttempts, recordAttempt } from "../../src/experiments/runs/attempts.ts";
import { livingProcesses, readRunRecord, runFolder } from "../../src/experiments/runs/records.ts";
import { currentWorkspaceRun } from "../../src/experiments/runs/workspace-run.ts";
import { findEntries } from "../../src/git/index-scan.ts";
import { tryHardlinkLock } from "../../src/pipeline/locks/hardlink-lock.ts";
import { dropLostLeases, takeLease } from "../../src/pipeline/locks/leases.ts";
import { RwLock } from "../../src/pipeline/locks/rwlock.ts";
import { openMemo } from "../../src/store/memo.ts";
import { keptState } from "../../src/store/project-state.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

interface Reader {
  readonly name: string;
  readonly file: string;
  /** Reads it, and goes on with what was read. */
  read(): unknown;
}

const tmpDir = path.join(makeTemporaryFolder(), "tmp");
const state: StateLayout = stateLayout({ tmpDir });
const run = runFolder(state, { sequence: 1, name: "p" });
const key = "ab".repeat(32);
const held = path.join(tmpDir, "held");

const readers: readonly Reader[] = [
  { name: "a lock", file: state.queueLock, read: () => [isLockHeld(state.queueLock), lockHolder(state.queueLock)] },
  {
    name: "a lock that is taken",
    file: state.workspaceLock,
    read: () => tryLock(state.workspaceLock, "test") && unlock(state.workspaceLock),
  },
  {
    name: "a lock that is waited for",
    file: state.startLock,
    read: () => withLock({ file: state.startLock, what: "test", waitMs: 0 }, async () => 1).catch(ifLocked),
  },
  { name: "the lock on its removal", file: `${held}.removal`, read: () => tryLock(held, "test") && unlock(held) },
  { name: "a record of a run", file: run.record, read: () => readRunRecord(run) },
  {
    name: "attempts",
    file: path.join(run.folder, "attempts.json"),
    read: () => {
      const before = readAttempts(run).length;
      recordAttempt(run, { cause: "code", message: "m", endedAt: 1, notBefore: 1 });
      expect(readAttempts(run)).toHaveLength(before + 1);
    },
  },
  {
    name: "a table of processes",
    file: state.workspaceProcesses,
    read: () => livingProcesses(state.workspaceProcesses),
  },
  {
    name: "the run in the workspace",
    file: state.workspaceRun,
    read: () => withWorkspaceLock(() => currentWorkspaceRun(state)),
  },
  {
    name: "the order",
    file: state.order,
    read: () => sortByOrder([{ sequence: 2 }, { sequence: 1 }], readOrder(state)),
  },
  {
    name: "the last sequence",
    file: state.lastSequence,
    read: () => expect(Number.isSafeInteger(lastSequence({ state } as ExperimentsContext))).toBe(true),
  },
  { name: "the coordinator's lock", file: state.coordinatorLock, read: () => backgroundCoordinator(state) },
  { name: "a request", file: path.join(state.requests, "jobs"), read: () => readRequests(state) },
  { name: "a request to kill", file: path.join(state.requests, "kill-0000000001"), read: () => readRequests(state) },
  {
    name: "a table of stages",
    file: path.join(state.stageTables, "123-456"),
    read: async () => {
      deadStages(state);
      await endDeadStages(state);
    },
  },
  {
    name: "what is known of a copy",
    file: path.join(state.copies, "1", "git.json"),
    read: () => recall(path.join(state.copies, "1")),
  },
  {
    name: "DVC's rwlock",
    file: path.join(tmpDir, "rwlock"),
    read: () => {
      const lock = new RwLock(tmpDir, { pid: process.pid, cmd: "test" });
      lock.blocker("anything");
      lock.write([{ reads: ["/a"], writes: ["/b"] }]);
      expect(lock.blocker("anything")).toBeUndefined();
    },
  },
  {
    name: "DVC's lock",
    file: path.join(tmpDir, "lock"),
    read: () => tryHardlinkLock(path.join(tmpDir, "lock"), "test")?.(),
  },
  { name: "a memo", file: path.join(tmpDir, "memo"), read: () => remembers(path.join(tmpDir, "memo")) },
  {
    name: "the state of files",
    file: path.join(tmpDir, "state", "placed"),
    read: () => {
      const files = keptState(path.join(tmpDir, "state"));
      for (const name of files.placed?.paths() ?? []) files.placed?.get(name);
      files.placed?.set("a", "1 2");
      files.close();
      expect(keptState(path.join(tmpDir, "state")).placed?.get("a")).toBe("1 2");
    },
  },
];

function ifLocked(error: unknown): void {
  expect(error).toMatchObject({ code: expect.stringMatching(/LOCK|BUSY/) as string });
}

function withWorkspaceLock(work: () => unknown): void {
  rmSync(state.workspaceLock, { force: true });
  tryLock(state.workspaceLock, "test");
  work();
  unlock(state.workspaceLock);
}

function remembers(file: string): void {
  const memo = openMemo(file);
  for (const each of memo.keys()) memo.get(each);
  memo.set("k", "v");
  memo.flush();
  expect(openMemo(file).get("k")?.toString()).toBe("v");
}

/** Words that the files are made of, so that guards are met from near. */
const words = [
  "pid startedAt what owner stages mark read write cmd cause code message endedAt notBefore folders template head trusted",
  "stage preparedAt name baseline state success failed elapsedMs failure commit queuedAt __proto__ constructor v",
]
  .join(" ")
  .split(" ");

const number = fc.constantFrom("0", "1", "-1", "1.5", "1e999", "-1e999", "9007199254740993", "2147483647", "4194304");
const json: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(
      number,
      fc.constantFrom("null", "true", '""', '"x"', '"1@y"', `"${"0".repeat(36)}"`),
      fc.string().map((text) => JSON.stringify(text)),
    ),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
    fc
      .array(fc.tuple(fc.constantFrom(...words), tie("value")), { maxLength: 5 })
      .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join(",")}}`),
  ),
})).value;

const content = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  json.map((text) => Buffer.from(text)),
  json.chain((text) => fc.nat(text.length).map((end) => Buffer.from(text.slice(0, end)))),
  number.map((text) => Buffer.from(` ${text}\n`)),
  fc.constantFrom("{", "[", "[1,", '{"pid":').map((text) => Buffer.from(text.repeat(20_000))),
);

/** As of a lease whose owner is gone, or never was. */
const owner = fc.tuple(number, fc.string(), fc.string()).map(([pid, id, label]) => `${pid} abc_-f ${id}\t${label}`);

describe("any bytes", () => {
  test.each(readers)("in the place of $name", async ({ file, read }) => {
    mkdirSync(path.dirname(file), { recursive: true });
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        writeFileSync(file, bytes);
        await read();
      }),
      { numRuns: 150 },
    );
    rmSync(file, { force: true });
  });

  test("in the place of the text of a lease", () => {
    const cache = path.join(tmpDir, "cache");
    const lease = path.join(cache, "running", key);
    mkdirSync(path.dirname(lease), { recursive: true });
    fc.assert(
      fc.property(fc.oneof(json, fc.string({ unit: "binary" }), owner), (text) => {
        rmSync(lease, { force: true });
        symlinkSync(text.replaceAll("\0", "0").slice(0, 1000) || "-", lease);
        dropLostLeases(cache);
        takeLease(cache, key, { id: "test", label: "test" });
      }),
    );
  });

  test("in the place of Git's index", () => {
    const version = fc.constantFrom(0, 2, 3, 4, 0xffffffff);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), version, fc.integer({ min: 0, max: 5 }), (bytes, at, count) => {
        const head = Buffer.from("DIRC\0\0\0\0\0\0\0\0", "latin1");
        head.writeUInt32BE(at, 4);
        head.writeUInt32BE(count, 8);
        findEntries(Buffer.concat([head, bytes]), 20);
      }),
    );
  });
});
