/** What `sweep --dry-run` says: what would be queued, what is done, and how long it should take. */

import { someLines } from "../../base/text/listing.ts";
import { readableShellWord } from "../../base/text/shell-word.ts";
import { visible } from "../../base/text/visible.ts";
import type { EnqueuePreview } from "../../experiments/make/enqueue.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { type ExpectedTime, expectedTime } from "../../experiments/runs/expected-time.ts";
import { durationText } from "../../report/progress/duration.ts";
import { type Io, print, printJson } from "../terminal/io.ts";
import { pointsText } from "./plural.ts";
import { leftAloneLines, newText } from "./queue-text.ts";

export interface SweepPreview {
  readonly id: string;
  readonly points: number;
  readonly jobs: number;
  readonly preview: EnqueuePreview;
  readonly format: "text" | "json";
}

const listedAtMost = 20;

function timeText(expected: ExpectedTime | undefined, jobs: number): string {
  if (expected === undefined) return "How long it takes is not known: no run has succeeded yet.";
  const { meanMs, runs, totalMs } = expected;
  const basis = `${durationText(meanMs)} each, from ${runs} ${runs === 1 ? "run" : "runs"}`;
  return `It should take about ${durationText(totalMs)}, ${jobs} at a time (${basis}).`;
}

export function printSweepPreview(io: Io, context: ExperimentsContext, sweep: SweepPreview): void {
  const { id, points, jobs, preview } = sweep;
  const waiting = preview.known.filter((item) => item.state === "queued").length;
  const toRun = preview.fresh.length + waiting;
  const expected = toRun === 0 ? undefined : expectedTime(context.state, toRun, jobs);
  if (sweep.format === "json") {
    printJson(io, JSON.stringify({ sweep: id, points, jobs, ...preview, expected: expected ?? null }));
    return;
  }
  print(io, `Sweep ${id}: ${pointsText(points)}, ${newText(preview.fresh)}.`);
  const lines = preview.fresh
    .slice(0, listedAtMost)
    .map(({ name, overrides }) =>
      visible(`${name ?? "(a random name)"}  ${overrides.map(readableShellWord).join(" ")}`),
    );
  for (const line of someLines(lines, listedAtMost, preview.fresh.length)) print(io, `  ${line}`);
  for (const line of leftAloneLines(preview)) print(io, line);
  if (toRun > 0) print(io, timeText(expected, jobs));
  print(io, "Nothing was queued or run.");
}
