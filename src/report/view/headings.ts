/** Headings that are wider than what stands below them, on several lines. */
import { visible } from "../../base/text/visible.ts";
import { cutToWidth, textWidth } from "../width.ts";

/** More would make a heading higher than a short table. */
const mostLines = 4;
/** A heading that is no wider stays on its line. */
const narrowHeading = 8;

/** Parts that stay whole: `encoder.`, `hidden_`, `dimension`. */
function partsOf(heading: string): readonly string[] {
  return heading.match(/[^._/:\s-]*[._/:\s-]+|[^._/:\s-]+$/g) ?? [heading];
}

/** The heading on lines of at most that width, or as near to it as its words let it. */
function brokenAt(heading: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const part of partsOf(heading)) {
    const longer = `${lines.at(-1) ?? ""}${part}`;
    if (lines.length > 0 && textWidth(longer.trimEnd()) <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd());
}

/** Its lines: no wider than `room` (columns of a terminal) where its words let it, at most four. */
export function headingLines(heading: string, room: number): readonly string[] {
  const text = visible(heading);
  const width = Math.max(room, narrowHeading);
  if (textWidth(text) <= width) return [text];
  const widths = Array.from({ length: textWidth(text) - width }, (_, more) => width + more);
  const fitting = widths.map((each) => brokenAt(text, each)).find(({ length }) => length <= mostLines);
  return fitting ?? [text];
}

/** How many columns the widest of its lines takes. */
export function headingWidth(lines: readonly string[]): number {
  return lines.reduce((widest, line) => Math.max(widest, textWidth(line)), 0);
}

/** Its lines cut to a width where a word is wider. */
export function cutHeading(lines: readonly string[], width: number): readonly string[] {
  return lines.map((line) => cutToWidth(line, width));
}
