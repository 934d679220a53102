import { appendFileSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { limitLog } from "../../src/experiments/log-limit.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

const limits = { mostBytes: 100, keptBytes: 20 };

function makeLog(text: string): string {
  const file = path.join(makeTemporaryFolder(), "log");
  writeFileSync(file, text);
  return file;
}

describe("a log", () => {
  test("that is small stays as it is", () => {
    const file = makeLog("x".repeat(100));
    expect(limitLog(file, limits)).toBe(false);
    expect(limitLog(`${file}.missing`, limits)).toBe(false);
    expect(readFileSync(file, "utf8")).toHaveLength(100);
  });

  test("that is large keeps its head and its tail, and says what was cut", () => {
    const file = makeLog(`${"a".repeat(20)}${"x".repeat(500)}${"z".repeat(20)}`);
    expect(limitLog(file, limits)).toBe(true);
    const cut = "\n[sweepline: 500 bytes of this log were cut here]\n";
    expect(readFileSync(file, "utf8")).toBe(`${"a".repeat(20)}${cut}${"z".repeat(20)}`);
    expect(limitLog(file, limits)).toBe(false);
  });

  test("is cut again while somebody goes on writing, and the count goes on", () => {
    const file = makeLog(`${"a".repeat(20)}${"x".repeat(500)}${"y".repeat(20)}`);
    const writer = openSync(file, "a");
    limitLog(file, limits);
    writeSync(writer, `${"x".repeat(60)}${"z".repeat(20)}`);
    expect(limitLog(file, limits)).toBe(true);
    // 500 and, of what came later, 20 y and 60 x.
    const cut = "\n[sweepline: 580 bytes of this log were cut here]\n";
    expect(readFileSync(file, "utf8")).toBe(`${"a".repeat(20)}${cut}${"z".repeat(20)}`);
    appendFileSync(file, "end");
    expect(readFileSync(file, "utf8")).toMatch(/z{20}end$/);
  });
});
