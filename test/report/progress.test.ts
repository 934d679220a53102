import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { createProgress, type ProgressMode } from "../../src/report/progress/progress.ts";
import { KeptStream, recordedRun } from "./progress-events.ts";

async function play(mode: ProgressMode | undefined, facts: { stdout?: KeptStream; env?: Record<string, string> } = {}) {
  const stdout = facts.stdout ?? new KeptStream();
  const stderr = new KeptStream();
  const streams = { stdout: stdout.asOutput(), stderr: stderr.asOutput(), env: facts.env ?? {} };
  const progress = createProgress(mode === undefined ? streams : { ...streams, mode });
  for (const event of recordedRun) progress.emit(event);
  await progress.close();
  return { stdout, stderr };
}

const plainLines = [
  "3 experiments, 2 at a time",
  "started lively-otter (lr=0.1 units=64)",
  "started dull-\\x1b[31mred\\x1b[0m\\x07 (note=a\\nb)",
  "finished lively-otter in 1.2s: loss=0.12346 steps=12 big=1152921504606846976 nan=nan name=a\\x1b]0;title\\x07b layers=[1, {'k': 1.5}] (lr=0.1 units=64)",
  "started calm-crow",
  "failed dull-\\x1b[31mred\\x1b[0m\\x07: stage 'train' failed: sh src/train.sh, exited with 3 (log: .dvc/tmp/exps/run/two.log)",
  "interrupted: running stages are being stopped; once more ends them at once",
  "requeued calm-crow: interrupted",
  "1 succeeded, 1 failed, 1 put back into the queue in 1m 01s",
  "1 still queued: the same command, or exp run --run-all, goes on",
];

const failureLine =
  "ERROR: dull-\\x1b[31mred\\x1b[0m\\x07: stage 'train' failed: sh src/train.sh, exited with 3 (log: .dvc/tmp/exps/run/two.log)\n" +
  "HINT: `sweepline exp logs 'dull-\\x1b[31mred\\x1b[0m\\x07'` shows all that it printed.\n";

describe("in a pipe", () => {
  test("each event that is worth it is one plain line, and failures come once more on stderr", async () => {
    const { stdout, stderr } = await play(undefined);
    expect(stdout.text.split("\n")).toEqual([...plainLines, ""]);
    expect(stderr.text).toBe(failureLine);
  });

  test("no byte of an escape sequence gets through", async () => {
    const { stdout, stderr } = await play("plain");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(stdout.text + stderr.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test.each([{ env: { CI: "true" } }, { env: { TERM: "dumb" } }])(
    "a terminal with $env gets plain lines, too",
    async ({ env }) => {
      const { stdout } = await play(undefined, { env, stdout: new KeptStream({ columns: 100, rows: 10 }) });
      expect(stdout.text.split("\n")).toEqual([...plainLines, ""]);
    },
  );
});

describe("as JSON", () => {
  test("each event is one line with the schema's number, and nothing else is on stdout", async () => {
    const { stdout, stderr } = await play("json");
    const lines = stdout.text.trimEnd().split("\n");
    expect(lines).toHaveLength(recordedRun.length);
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map((event) => event.type)).toEqual(recordedRun.map((event) => event.type));
    expect(new Set(events.map((event) => event.schema))).toEqual(new Set([1]));
    expect(stderr.text).toBe("");
  });

  test("metrics keep their keys; what JSON has no number for is a string", async () => {
    const { stdout } = await play("json");
    const finished = stdout.text.split("\n").find((line) => line.includes('"type":"finished"'));
    expect(JSON.parse(finished ?? "").metrics).toEqual({
      loss: 0.123456789,
      steps: 12,
      big: "1152921504606846976",
      nan: "nan",
      name: "a\u001b]0;title\u0007b",
      layers: [1, { k: 1.5 }],
    });
  });
});

test.each([200, 60])("on a terminal of %d columns a failure is said in full once", async (columns) => {
  const screen = new KeptStream({ columns, rows: 10 });
  const stream = screen.asOutput();
  const progress = createProgress({ stdout: stream, stderr: stream, env: { NO_COLOR: "1" } });
  for (const event of recordedRun) progress.emit(event);
  await progress.close();
  const text = stripVTControlCharacters(screen.text).replaceAll(/\n {4}/g, " ");
  expect(text.split("exited with 3 (log: ")).toHaveLength(2);
  expect(text.split("stage 'train' fai")).toHaveLength(2);
});
