/** What the live region shows: the running experiments, as many as fit, and one line of totals. Pure. */

import { moreText } from "../../base/text/listing.ts";
import { visible } from "../../base/text/visible.ts";
import { formatSignificant } from "../numbers.ts";
import { cutToWidth, textWidth } from "../width.ts";
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

/** As many columns of a key as are tried, one after the other. */
const keyWidths = [Number.POSITIVE_INFINITY, 16, 12, 8, 6, 4];

/** `enc…=64 lr=0.1`: the keys are the same in all lines, the values are what tells one from another. */
function withShortKeys(text: string, most: number): string {
  return text.replace(/(^| )([^ =]+)=/g, (_, gap: string, key: string) => `${gap}${cutToWidth(key, most)}=`);
}

/** Texts of `key=value`, each with a gap before it, with keys so short that all fit; undefined where no key is short enough. */
function fitted(texts: readonly string[], room: number): readonly string[] | undefined {
  const given = texts.filter((text) => text !== "");
  const forms = keyWidths.map((most) => given.map((text) => `  ${withShortKeys(text, most)}`));
  return forms.find((form) => form.reduce((sum, text) => sum + textWidth(text), 0) <= room);
}

/** The first metric tells how it goes, the overrides which point it is. */
function results({ metrics, overrides }: RunningRow, room: number): readonly string[] {
  const first = withShortKeys(metrics.replace(/ .*$/s, ""), 4);
  const shortest = withShortKeys(overrides, 4);
  return (
    fitted([metrics, overrides], room) ??
    fitted([first, overrides], room) ??
    [first, shortest].flatMap((text) => (text === "" ? [] : [`  ${text}`]))
  );
}

interface Place {
  readonly now: number;
  /** Of the terminal. */
  readonly columns: number;
  readonly paints: Paints;
}

function runningLine(row: RunningRow, { now, columns, paints }: Place): Line {
  const head = `${row.icon} ${row.name}`;
  const stage = `${row.stage === "" ? "" : `  ${row.stage}`}  ${durationText(now - row.startedAt)}`;
  const room = columns - 1 - textWidth(head) - textWidth(stage);
  const texts = results(row, room);
  return [
    { text: row.icon, paint: paints.busy },
    { text: ` ${row.name}`, paint: paints.strong },
    { text: stage },
    ...texts.map((text, at) => (at === 0 && row.metrics !== "" ? { text } : { text, paint: paints.faint })),
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
function bestLine({ best }: Tally, { columns, paints }: Place): readonly Line[] {
  if (best === undefined) return [];
  const what = `best ${visible(best.metric)} ${formatSignificant(best.value, 5)}`;
  const name = `  ${visible(best.name)}`;
  const room = columns - 1 - textWidth(what) - textWidth(name);
  const overrides = overridesText(shortOverrides(best.overrides));
  const point = fitted([overrides], room) ?? [`  ${withShortKeys(overrides, 4)}`];
  return [[{ text: what, paint: paints.good }, { text: name + point.join("") }]];
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
  const place = { now, columns: size.columns, paints };
  const best = size.rows > 4 ? bestLine(tally, place) : [];
  const room = Math.max(0, Math.min(size.rows - 2 - best.length, mostRows));
  const shown = rows.length <= room ? rows : rows.slice(0, Math.max(0, room - 1));
  const lines = shown.map((row) => runningLine(row, place));
  if (shown.length < rows.length && room > 0)
    lines.push([{ text: `  ${moreText(rows.length - shown.length)}`, paint: paints.faint }]);
  return [...lines, ...best, totalsLine(tally, now, paints)];
}
