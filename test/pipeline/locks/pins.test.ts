import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { dropLostLeases } from "../../../src/pipeline/locks/leases.ts";
import { pinCache, whilePinned, whileUnpinned } from "../../../src/pipeline/locks/pins.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

let cacheDir: string;
beforeEach(() => {
  cacheDir = path.join(makeTemporaryFolder(), "cache");
});
const storing = () => ({ cacheDir, runner: { id: "entry 1", label: "experiment 'one'" } });
const gc = () => ({ cacheDir, runner: { id: "gc", label: "'sweepline gc'" } });
const names = () => readdirSync(path.join(cacheDir, "running"));

test("a collection waits for pins, and who pins for a collection", async () => {
  const order: string[] = [];
  const pin = await pinCache(storing());
  const collection = whileUnpinned(gc(), async () => {
    order.push("collects");
    await new Promise((resolve) => setImmediate(resolve));
    order.push("has collected");
  });
  const later = whilePinned(storing(), async () => order.push("stores"));
  order.push("stored");
  pin.release();
  await Promise.all([collection, later]);
  expect(order).toEqual(["stored", "collects", "has collected", "stores"]);
  expect(names()).toEqual([]);
});

test("one collection at a time", async () => {
  await whileUnpinned(gc(), () =>
    expect(whileUnpinned(gc(), async () => undefined)).rejects.toMatchObject({ code: "LOCKED" }),
  );
});

test("what dead processes left keeps nobody waiting", async () => {
  mkdirSync(path.join(cacheDir, "running"), { recursive: true });
  for (const name of ["collecting", "pin-4194000-abc"])
    symlinkSync("4194000 abcdef gc\t'sweepline gc'", path.join(cacheDir, "running", name));
  (await pinCache(storing())).release();
  expect(await whileUnpinned(gc(), async () => "done")).toBe("done");
  expect(names()).toEqual([]);
});

test("pins of a lost thread are dropped", async () => {
  await pinCache(storing());
  dropLostLeases(cacheDir, "entry 1");
  expect(names()).toEqual([]);
});

test("a cache where no links can be made keeps nobody from storing", async () => {
  writeFileSync(cacheDir, "a file, no folder");
  (await pinCache(storing())).release();
  expect(existsSync(cacheDir)).toBe(true);
});

test("who is stopped does not wait", async () => {
  await whileUnpinned(gc(), async () => {
    (await pinCache({ ...storing(), signal: AbortSignal.abort() })).release();
  });
});

test("in a cache of a group, whose folders it all may write to, pins are for all of it", async () => {
  (await pinCache({ ...storing(), sharing: "group" })).release();
  expect([cacheDir, path.join(cacheDir, "running")].map((folder) => statSync(folder).mode & 0o7777)).toEqual([
    0o2775, 0o2775,
  ]);
});
