/** The drawing: its pieces as plain functions, and whole runs on a stream that claims to be a terminal. */
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { visible } from "../../src/base/text/visible.ts";
import type { RunEvent } from "../../src/experiments/events.ts";
import { durationText } from "../../src/report/progress/duration.ts";
import { liveLines, type Paints } from "../../src/report/progress/live-lines.ts";
import { LiveRegion } from "../../src/report/progress/live-region.ts";
import { createProgress } from "../../src/report/progress/progress.ts";
import { Tally } from "../../src/report/progress/tally.ts";
import { cutToWidth } from "../../src/report/width.ts";
import { within } from "../rig/index.ts";
import { KeptStream, recordedRun } from "./progress-events.ts";

const noPaint = (text: string) => text;
const noPaints: Paints = { strong: noPaint, faint: noPaint, good: noPaint, bad: noPaint, busy: noPaint };
const labelOf = (name: string) => ({ name, sequence: 1, overrides: ["lr=0.1"] });
const started = (name: string, at: number): RunEvent => ({ type: "started", experiment: labelOf(name), log: "l", at });
const finished = (name: string, elapsedMs: number, at: number): RunEvent => ({
  type: "finished",
  experiment: labelOf(name),
  commit: "c",
  metrics: new Map(),
  elapsedMs,
  at,
});

describe("texts", () => {
  test("a cut text fits, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
        expect(stringWidth(cutToWidth(visible(text), columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test("a text that fits stays whole, a wide one is cut between characters", () => {
    expect(cutToWidth("abcde", 5)).toBe("abcde");
    expect(cutToWidth("abcdef", 5)).toBe("abcd…");
    expect(cutToWidth("日本語", 6)).toBe("日本語");
    expect(cutToWidth("日本語", 5)).toBe("日本…");
    expect(cutToWidth("日本語", 4)).toBe("日…");
  });

  test.each([
    [0, "0.0s"],
    [9940, "9.9s"],
    [9960, "10s"],
    [59_700, "1m 00s"],
    [3_599_900, "1h 00m"],
    [7_500_000, "2h 05m"],
  ])("%d ms are %s", (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});

describe("totals", () => {
  test("the time left comes from the mean of those that ended, spread over the jobs", () => {
    const tally = new Tally();
    tally.add({ type: "planned", total: 6, jobs: 2, at: 0 });
    for (const name of ["a", "b"]) tally.add(started(name, 0));
    expect(tally.timeLeft(500)).toBeUndefined();
    tally.add(finished("a", 1000, 1000));
    tally.add(started("c", 1000));
    expect(tally).toMatchObject({ ended: 1, succeeded: 1, failed: 0, queued: 3 });
    // Three queued at 1,000 ms, b is overdue, c needs 1,000 more: 4,000 ms of work for two jobs.
    expect(tally.timeLeft(1000)).toBe(2000);
  });

  test("an experiment that went back into the queue counts as queued", () => {
    const tally = new Tally();
    tally.add({ type: "planned", total: 1, jobs: 1, at: 0 });
    tally.add(started("a", 0));
    expect(tally.queued).toBe(0);
    tally.add({ type: "requeued", experiment: labelOf("a"), reason: "interrupted", at: 1 });
    expect(tally.queued).toBe(1);
  });
});

describe("the live lines", () => {
  const view = (running: number, rows: number) => {
    const tally = new Tally();
    tally.add({ type: "planned", total: 200, jobs: running, at: 0 });
    for (let index = 0; index < running; index++) tally.add(started(`e${index}`, 0));
    const row = { icon: "*", stage: "train", overrides: "lr=0.1", metrics: "", startedAt: 0 };
    return liveLines({
      rows: Array.from({ length: running }, (_unused, index) => ({ ...row, name: `e${index}` })),
      tally,
      now: 2000,
      size: { columns: 100, rows },
      paints: noPaints,
    }).map((line) => line.map((segment) => segment.text).join(""));
  };

  test("show what is written so far, and the best that finished with its point", () => {
    const tally = new Tally();
    const finished = (name: string, loss: number) => ({
      ...{ type: "finished" as const, commit: "c", elapsedMs: 1, at: 1 },
      experiment: { name, sequence: 1, overrides: [`train.lr=${loss}`] },
      metrics: new Map<string, number | string>([
        ["text", "x"],
        ["loss", loss],
      ]),
    });
    for (const event of [finished("a", 0.5), finished("b\u001b[2J", 0.25), finished("c", Number.NaN)]) tally.add(event);
    const row = { icon: "*", stage: "", overrides: "lr=1", startedAt: 0, name: "e", metrics: "loss=0.75" };
    const lines = liveLines({ rows: [row], tally, now: 1000, size: { columns: 100, rows: 10 }, paints: noPaints });
    expect(lines.map((line) => line.map(({ text }) => text).join("")).slice(0, 2)).toEqual([
      "* e  1.0s  loss=0.75  lr=1",
      "best loss 0.25  b\\x1b[2J  lr=0.25",
    ]);
  });

  test.each([80, 100])("of %d columns cut keys, not the values that tell one point from another", (columns) => {
    const point = (hidden: number) =>
      `model.encoder.hidden_dimension=${hidden} model.decoder.hidden_dimension=128 lr=0.01`;
    const tally = new Tally();
    tally.add({
      ...{ type: "finished" as const, commit: "c", elapsedMs: 1, at: 1 },
      experiment: { name: "top-warbler", sequence: 1, overrides: point(64).split(" ") },
      metrics: new Map([["validation_loss", 1.0346]]),
    });
    const row = { icon: "*", stage: "train", startedAt: 0, metrics: "validation_loss=1.0524 step=1" };
    const rows = [64, 32].map((hidden) => ({ ...row, name: "intensive-salmon", overrides: point(hidden) }));
    const lines = liveLines({ rows, tally, now: 1000, size: { columns, rows: 10 }, paints: noPaints });
    const texts = lines.slice(0, 3).map((line) => line.map(({ text }) => text).join(""));
    expect(texts[0]).toMatch(/=1\.0524\b.* \S+=64 \S+=128 lr=0\.01$/);
    expect(texts[1]).toMatch(/=1\.0524\b.* \S+=32 \S+=128 lr=0\.01$/);
    expect(texts[2]).toMatch(/ \S+=64 \S+=128 lr=0\.01$/);
    for (const text of texts) expect(stringWidth(text)).toBeLessThan(columns);
  });

  test("show the running experiments and count the rest", () => {
    expect(view(2, 10)).toEqual([
      "* e0  train  2.0s  lr=0.1",
      "* e1  train  2.0s  lr=0.1",
      "0/200 done, 2 running, 198 queued  2.0s",
    ]);
  });

  test.each([1, 2, 3, 4, 10, 50])("fit into %d rows with forty running", (rows) => {
    const lines = view(40, rows);
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    expect(lines.at(-1)).toContain("160 queued");
    const named = lines.filter((line) => line.startsWith("*")).length;
    if (rows > 2) expect(lines).toContain(`  and ${40 - named} more`);
  });
});

describe("the live region", () => {
  const size = { columns: 20, rows: 4 };
  const region = () => {
    const writes: string[] = [];
    return { writes, region: new LiveRegion((text) => void writes.push(text)) };
  };
  const lines = (...texts: string[]) => texts.map((text) => [{ text }]);

  test("writes once a frame, and nothing where nothing changed", () => {
    const { writes, region: live } = region();
    live.draw([], lines("a", "b"), size);
    live.draw([], lines("a", "b"), size);
    expect(writes).toEqual(["\u001b[?25la\u001b[K\nb\u001b[K\u001b[J"]);
  });

  test("steps over the lines that stay", () => {
    const { writes, region: live } = region();
    live.draw([], lines("same", "b", "c"), size);
    live.draw([], lines("same", "B", "c"), size);
    expect(writes[1]).toBe("\r\u001b[2A\nB\u001b[K\nc\u001b[K\u001b[J");
  });

  test("puts lines above, wraps them, cuts its own to the width and never grows taller than the terminal", () => {
    const { writes, region: live } = region();
    live.draw([], lines("1", "2", "3", "4", "5"), size);
    expect(writes[0]?.split("\n")).toHaveLength(3);
    live.draw(lines("x".repeat(50)), lines("1"), size);
    const [row, rest] = ["x".repeat(19), "x".repeat(15)];
    const lasting = [row, `    ${rest}`, `    ${rest}`, "    x"].map((line) => `${line}\u001b[K\n`).join("");
    expect(writes[1]).toBe(`\r\u001b[2A${lasting}1\u001b[K\u001b[J`);
  });

  test("after a resize goes up by the rows that the old lines take now", () => {
    const { writes, region: live } = region();
    live.draw([], lines("x".repeat(19), "y"), size);
    live.draw([], lines("x", "y"), { columns: 10, rows: 4 });
    expect(writes[1]?.startsWith("\r\u001b[2A")).toBe(true);
  });

  test("ends with the cursor shown, at the start of a line", () => {
    const { writes, region: live } = region();
    live.draw([], lines("a", "b"), size);
    live.finish(lines("done"), size);
    expect(writes[1]).toBe("\r\u001b[1Adone\u001b[K\n \u001b[J\r\u001b[K\u001b[?25h");
  });
});

describe("a run on a terminal", () => {
  const play = (env: Record<string, string>) => {
    const stdout = new KeptStream({ columns: 60, rows: 10 });
    const stderr = new KeptStream();
    const progress = createProgress({ stdout: stdout.asOutput(), stderr: stderr.asOutput(), env });
    return { stdout, stderr, progress };
  };

  test("one that is over at once leaves only its lines", async () => {
    const { stdout, stderr, progress } = play({ NO_COLOR: "1" });
    for (const event of recordedRun) progress.emit(event);
    await progress.close();
    const lines = stripVTControlCharacters(stdout.text).split("\n");
    expect(lines.map((line) => line.slice(0, 26))).toEqual([
      "interrupted: running stage",
      "    ends them at once",
      "✔ lively-otter in 1.2s: lo",
      "    big=115292150460684697",
      "    layers=[1, {'k': 1.5}]",
      "✖ dull-\\x1b[31mred\\x1b[0m\\",
      "    src/train.sh, exited w",
      "    .dvc/tmp/exps/run/two.",
      "↓ calm-crow: interrupted",
      "1 succeeded, 1 failed, 1 p",
      "1 still queued: the same c",
      "",
    ]);
    expect(stdout.text).not.toContain("\u001b[?25l");
    expect(stderr.text).toContain("\\x07: stage 'train' failed");
  });

  test("a longer one shows stages, and frames stay below the terminal's height and width", async () => {
    const { stdout, progress } = play({ NO_COLOR: "1" });
    const listeners = process.listenerCount("SIGINT");
    const at = Date.now();
    progress.emit({ type: "planned", total: 50, jobs: 20, at });
    for (let index = 0; index < 20; index++) progress.emit(started(`wide-日本語日本語-${index}`, at));
    progress.emit({
      type: "stage",
      name: "wide-日本語日本語-0",
      stage: "train",
      action: "restored",
      at,
    });
    await within(stdout.wrote("restored"), "the first frame");
    await within(stdout.wrote("and 13 more"), "the count of the others");
    await progress.close();
    for (const frame of stdout.writes) {
      const lines = stripVTControlCharacters(frame).split("\n");
      expect(lines.length).toBeLessThanOrEqual(9);
      for (const line of lines) expect(stringWidth(line)).toBeLessThan(60);
    }
    // NO_COLOR: the cursor moves, but nothing is painted.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(stdout.text).not.toMatch(/\u001b\[\d*m/);
    expect(stdout.text.endsWith("\u001b[?25h")).toBe(true);
    expect(process.listenerCount("SIGINT")).toBe(listeners);
  });

  test("paints where colours are welcome", async () => {
    const { stdout, progress } = play({});
    for (const event of recordedRun) progress.emit(event);
    await progress.close();
    expect(stdout.text).toContain("\u001b[32m✔\u001b[39m lively-otter");
  });
});
