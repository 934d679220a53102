/** What the live region shows: the running experiments, as many as fit, and one line of totals. Pure. */

import { moreText } from "../../base/text/listing.ts";
import { visible } from "../../base/text/visible.ts";
import { formatSignificant } from "../numbers.ts";
import { durationText } from "./duration.ts";
import { overridesText, shortOverrides } from "./lines.ts";
import type { Line, TerminalSize } from "./live-region.ts";
import type { Tally } from "./tally.ts";

/** One running experiment, as a line needs it. */
export interface RunningRow {
  readonly icon: string;
  readonly name: string;
  /** The stage that runs, or "". */
  readonly stage: string;
  readonly overrides: string;
  /** What its stages have written so far, or "". */
  readonly metrics: string;
  readonly startedAt: number;
}

export interface Paints {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly busy: (text: string) => string;
}

/** More is no help to the eye, whatever the height of the terminal. */
const mostRows = 16;

function runningLine(row: RunningRow, now: number, paints: Paints): Line {
  const stage = row.stage === "" ? "" : `  ${row.stage}`;
  return [
    { text: row.icon, paint: paints.busy },
    { text: ` ${row.name}`, paint: paints.strong },
    { text: `${stage}  ${durationText(now - row.startedAt)}` },
    { text: row.metrics === "" ? "" : `  ${row.metrics}` },
    { text: row.overrides === "" ? "" : `  ${row.overrides}`, paint: paints.faint },
  ];
}

function totalsLine(tally: Tally, now: number, paints: Paints): Line {
  const left = tally.timeLeft(now);
  const elapsed = durationText(now - (tally.startedAt ?? now));
  const about = left === undefined || tally.interrupting ? "" : `, about ${durationText(left)} left`;
  return [
    { text: `${tally.ended}/${Math.max(tally.total, tally.ended + tally.running.size)} done` },
    { text: tally.failed === 0 ? "" : `, ${tally.failed} failed`, paint: paints.bad },
    { text: `, ${tally.running.size} running, ${tally.queued} queued` },
    { text: `  ${elapsed}${about}`, paint: paints.faint },
    { text: tally.interrupting ? "  stopping" : "", paint: paints.bad },
  ];
}

/** The best of those that finished, by its name and what it is. */
function bestLine({ best }: Tally, paints: Paints): readonly Line[] {
  if (best === undefined) return [];
  const overrides = overridesText(shortOverrides(best.overrides));
  return [
    [
      { text: `best ${visible(best.metric)} ${formatSignificant(best.value, 5)}`, paint: paints.good },
      { text: `  ${visible(best.name)}${overrides === "" ? "" : `  ${overrides}`}` },
    ],
  ];
}

/** The running experiments, the longest-running first, a count of those that don't fit, and the totals. */
export function liveLines(view: {
  readonly rows: readonly RunningRow[];
  readonly tally: Tally;
  readonly now: number;
  readonly size: TerminalSize;
  readonly paints: Paints;
}): Line[] {
  const { rows, tally, now, size, paints } = view;
  const best = size.rows > 4 ? bestLine(tally, paints) : [];
  const room = Math.max(0, Math.min(size.rows - 2 - best.length, mostRows));
  const shown = rows.length <= room ? rows : rows.slice(0, Math.max(0, room - 1));
  const lines = shown.map((row) => runningLine(row, now, paints));
  if (shown.length < rows.length && room > 0)
    lines.push([{ text: `  ${moreText(rows.length - shown.length)}`, paint: paints.faint }]);
  return [...lines, ...best, totalsLine(tally, now, paints)];
}
