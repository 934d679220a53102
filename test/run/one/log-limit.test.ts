import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { whileStopped } from "../../../src/pipeline/processes/stopped-groups.ts";
import { limitLog } from "../../../src/run/one/log-limit.ts";
import { makeTemporaryFolder, whenFileEnds } from "../../rig/index.ts";

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

  test("is cut again and again under a process that never pauses: head, tail and count are those of what it wrote", async () => {
    const file = makeLog("");
    // Lines of ten bytes, until its input ends.
    const writing = `const { writeSync } = require("node:fs");
      let line = 0, on = true;
      process.stdin.on("end", () => { on = false; }).resume();
      (function go() {
        for (let at = 0; at < 500; at++) writeSync(1, String(line++).padStart(9, "0") + "\\n");
        on ? setImmediate(go) : process.stderr.write(String(line));
      })();`;
    const stdio = ["pipe", openSync(file, "a"), "pipe"] as const;
    const writer = spawn(process.execPath, ["-e", writing], { detached: true, stdio: [...stdio] });
    whenFileEnds(() => {
      writer.kill("SIGKILL");
    });
    const large = { mostBytes: 20_000, keptBytes: 5_000 };
    const ended = once(writer, "close");
    let told = "";
    writer.stderr?.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
    for (let cuts = 0; cuts < 5; await setTimeout(1))
      whileStopped([writer.pid ?? 0], () => {
        if (limitLog(file, large)) cuts++;
      });
    writer.stdin?.end();
    await ended;
    limitLog(file, { ...large, mostBytes: 10_100 });
    const [head = "", count, tail = ""] = readFileSync(file, "utf8").split(/\n\[sweepline: (\d+) bytes .*\]\n/);
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `${String(from + at).padStart(9, "0")}\n`).join("");
    const written = Number(told);
    expect(head).toBe(lines(0, 500));
    expect(tail.length).toBeGreaterThanOrEqual(5_000);
    expect(tail).toBe(lines(written - tail.length / 10, written));
    expect(Number(count)).toBe(written * 10 - 5_000 - tail.length);
  });
});
