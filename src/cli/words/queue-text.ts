/** What queueing tells: DVC's lines for what is new, and one line for what was left alone. */

import { pythonRepr } from "../../base/python.ts";
import { moreText, someOf } from "../../base/text/listing.ts";
import type { EnqueueOutcome, QueuedPoint } from "../../experiments/make/enqueue.ts";
import type { Point } from "../../sweep/types.ts";
import { pointsText } from "./plural.ts";

/** Above this, names are not printed one by one. */
const listedAtMost = 100;

function overridesRepr(point: Point): string {
  const byFile = new Map<string, string[]>();
  for (const { file, text } of point.overrides) byFile.set(file, [...(byFile.get(file) ?? []), text]);
  return pythonRepr(byFile);
}

/** `Queueing with overrides '...'.` and `Queued experiment 'NAME' for future execution.` */
export function queuedText(outcome: EnqueueOutcome, points: readonly Point[]): string {
  const lines: string[] = [];
  for (const entry of outcome.queued.slice(0, listedAtMost)) {
    const point = points[entry.index];
    if (point !== undefined && point.overrides.length > 0)
      lines.push(`Queueing with overrides '${overridesRepr(point)}'.`);
    lines.push(`Queued experiment '${entry.name}' for future execution.`);
  }
  const left = outcome.queued.length - listedAtMost;
  if (left > 0) lines.push(`... ${moreText(left)}: ${outcome.queued.length} experiments queued.`);
  return [...lines, ...leftAloneLines(outcome)].map((line) => `${line}\n`).join("");
}

function againText(failed: number, all: number): string {
  if (failed === 0) return "--force runs them again.";
  return failed === all
    ? "--retry-failed runs them again."
    : "--retry-failed runs those that failed again, --force all of them.";
}

/** `2 new`, `1 new, 3 retried`: what is queued, by what it was before. */
export function newText(points: readonly Pick<QueuedPoint, "replaces">[]): string {
  const retried = points.filter((point) => point.replaces === "failed").length;
  const again = points.filter((point) => point.replaces !== undefined).length - retried;
  return [
    `${points.length - retried - again} new`,
    ...(retried > 0 ? [`${retried} retried`] : []),
    ...(again > 0 ? [`${again} once more`] : []),
  ].join(", ");
}

/** How many points were not queued, and why; empty where all were. */
export function leftAloneLines(outcome: Pick<EnqueueOutcome, "known" | "repeated" | "disagreeing">): readonly string[] {
  const lines: string[] = [];
  const count = (state: string) => outcome.known.filter((item) => item.state === state).length;
  const parts = (["done", "queued", "failed"] as const)
    .map((state) => [count(state), state] as const)
    .filter(([number]) => number > 0);
  if (parts.length > 0) {
    const shown = someOf(
      outcome.known.map((item) => item.name),
      5,
    );
    const states = parts.map(([number, state]) => `${number} already ${state}`).join(", ");
    lines.push(`Left alone: ${states} (${shown}). ${againText(count("failed"), outcome.known.length)}`);
  }
  const { repeated } = outcome;
  const verb = repeated === 1 ? "is" : "are";
  if (repeated > 0) lines.push(`Left out: ${pointsText(repeated)} that ${verb} the same as another one.`);
  const { disagreeing } = outcome;
  if (disagreeing.length > 0)
    lines.push(`Not counted as one of the points, since its parameters are others: ${someOf(disagreeing, 5)}.`);
  return lines;
}
