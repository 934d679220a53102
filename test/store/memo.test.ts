import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openMemo } from "../../src/store/memo.ts";
import { checkout, makeTemporaryFolder } from "../rig/index.ts";

const newFile = () => path.join(makeTemporaryFolder(), "state", "memo");

/** What a memo says of some keys, as text. */
function said(file: string, keys: readonly string[]): (string | undefined)[] {
  const memo = openMemo(file);
  return keys.map((key) => memo.get(key)?.toString());
}

function store(file: string, entries: Readonly<Record<string, string>>): void {
  const memo = openMemo(file);
  for (const [key, value] of Object.entries(entries)) memo.set(key, value);
  memo.flush();
}

describe("a memo", () => {
  test("tells what was set, at once and to the next that opens it; the last value counts", () => {
    const file = newFile();
    const memo = openMemo(file);
    expect(memo.get("a")).toBeUndefined();
    memo.set("a", "1");
    expect(memo.get("a")?.toString()).toBe("1");
    expect(existsSync(file)).toBe(false);
    memo.flush();
    store(file, { a: "2", b: "" });
    expect(said(file, ["a", "b", "c"])).toEqual(["2", "", undefined]);
  });

  test("makes no file and no folder where nothing is set", () => {
    const file = newFile();
    const memo = openMemo(file);
    memo.get("a");
    memo.flush();
    expect(existsSync(path.dirname(file))).toBe(false);
  });

  test("keeps any keys and bytes over any number of openings", () => {
    const batches = fc.array(fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.uint8Array())), { maxLength: 6 });
    fc.assert(
      fc.property(batches, (given) => {
        const file = newFile();
        const expected = new Map<string, Buffer>();
        for (const batch of given) {
          const memo = openMemo(file);
          for (const [key, value] of batch) {
            memo.set(key, value);
            expected.set(key, Buffer.from(value));
          }
          memo.flush();
        }
        const memo = openMemo(file);
        for (const [key, value] of expected) expect(memo.get(key)).toEqual(value);
      }),
      { numRuns: 50 },
    );
  });

  test("does not grow with what is superseded", () => {
    const file = newFile();
    for (let round = 0; round < 40; round++) {
      const memo = openMemo(file);
      for (let index = 0; index < 500; index++) memo.set(`key ${index}`, `${round} `.repeat(10));
      memo.flush();
    }
    expect(said(file, ["key 7", "key 499"])).toEqual(["39 ".repeat(10), "39 ".repeat(10)]);
    expect(statSync(file).size).toBeLessThan(300 << 10);
  });

  test("appends what another one appends meanwhile", () => {
    const file = newFile();
    store(file, { a: "1" });
    const [first, second] = [openMemo(file), openMemo(file)];
    first.get("a");
    second.get("a");
    first.set("b", "2");
    second.set("c", "3");
    first.flush();
    second.flush();
    expect(said(file, ["a", "b", "c"])).toEqual(["1", "2", "3"]);
  });
});

describe("a file that is not as we wrote it", () => {
  test.each<readonly [string, (file: string) => void]>([
    ["empty", (file) => writeFileSync(file, "")],
    ["of something else", (file) => writeFileSync(file, "no memo\n".repeat(100))],
    ["zeros", (file) => writeFileSync(file, Buffer.alloc(100_000))],
    ["a copy, as in a clone", (file) => copyFileSync(file, `${file}.copy`)],
  ])("%s counts as empty, and is made anew", (kind, damage) => {
    const file = newFile();
    store(file, { a: "1" });
    damage(file);
    const damaged = kind.startsWith("a copy") ? `${file}.copy` : file;
    expect(said(damaged, ["a"])).toEqual([undefined]);
    store(damaged, { b: "2" });
    expect(said(damaged, ["a", "b"])).toEqual([undefined, "2"]);
  });

  test("wherever it is cut or changed, what stands before stays known, nothing wrong is told, and it is mended", () => {
    const entries = Array.from({ length: 20 }, (_, index) => [`key ${index}`, `value ${index}`] as const);
    const file = newFile();
    for (const [key, value] of entries) store(file, { [key]: value });
    const whole = readFileSync(file);
    const damages = fc.record({ at: fc.nat(whole.length - 1), kind: fc.constantFrom("cut", "flip") });
    fc.assert(
      fc.property(damages, ({ at, kind }) => {
        const bytes = Buffer.from(whole);
        if (kind === "flip") bytes.writeUInt8(bytes.readUInt8(at) ^ 0x55, at);
        // In place: the inode stays.
        writeFileSync(file, kind === "flip" ? bytes : bytes.subarray(0, at));
        const answers = said(
          file,
          entries.map(([key]) => key),
        );
        const known = answers.indexOf(undefined);
        const count = known === -1 ? entries.length : known;
        expect(answers).toEqual(entries.map(([, value], index) => (index < count ? value : undefined)));
        // Of some 55 bytes each.
        expect(count).toBeGreaterThanOrEqual(Math.floor(at / 55) - 2);
      }),
      { numRuns: 200 },
    );
    writeFileSync(file, whole.subarray(0, 200));
    store(file, { new: "x" });
    store(file, { newer: "y" });
    expect(said(file, ["key 0", "new", "newer"])).toEqual(["value 0", "x", "y"]);
  });

  test("a length that is made up costs nothing", () => {
    const file = newFile();
    store(file, { a: "1" });
    const head = Buffer.alloc(24, 0xff);
    head.writeUInt32LE(0x53_57_4d_31, 0);
    appendFileSync(file, head);
    expect(said(file, ["a"])).toEqual(["1"]);
  });

  test("a link is not followed, and a folder in its place does no harm", () => {
    const file = newFile();
    mkdirSync(path.dirname(file));
    const elsewhere = path.join(makeTemporaryFolder(), "precious");
    writeFileSync(elsewhere, "precious");
    symlinkSync(elsewhere, file);
    store(file, { a: "1" });
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
    expect(said(file, ["a"])).toEqual(["1"]);
    const folder = newFile();
    mkdirSync(folder, { recursive: true });
    store(folder, { a: "1" });
    expect(said(folder, ["a"])).toEqual([undefined]);
  });
});

const writer = `
  import { parentPort, workerData } from "node:worker_threads";
  import { openMemo } from "./src/store/memo.ts";
  const { file, name } = workerData;
  for (let round = 0; round < 50; round++) {
    const memo = openMemo(file);
    memo.get("any");
    memo.set(name + round, "x".repeat(300));
    memo.flush();
  }
  parentPort.postMessage("done");`;

test("several threads at once leave a sound file, each with its last value", async () => {
  const file = newFile();
  store(file, { any: "1" });
  const outfile = path.join(makeTemporaryFolder(), "writer.mjs");
  await build({
    stdin: { contents: writer, resolveDir: checkout, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
  });
  const names = ["a", "b", "c", "d"];
  const workers = names.map((name) => new Worker(outfile, { workerData: { file, name } }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  store(file, { last: "2" });
  const rounds = names.flatMap((name) => Array.from({ length: 50 }, (_, round) => `${name}${round}`));
  expect(said(file, ["any", ...rounds, "last"])).toEqual(["1", ...rounds.map(() => "x".repeat(300)), "2"]);
});
