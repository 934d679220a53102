/** The lines of a table on a terminal: a header, a rule, one line a row. */
import type pico from "picocolors";
import { visible } from "../../base/text/visible.ts";
import type { ColumnKind, Row } from "../table.ts";
import { textWidth } from "../width.ts";
import { headingWidth } from "./headings.ts";
import { viewGap } from "./place-columns.ts";
import type { ViewColumn } from "./view-column.ts";

type Colours = ReturnType<typeof pico.createColors>;
type Paint = (text: string) => string;

export interface Drawing {
  readonly rows: readonly Row[];
  /** -1: none. */
  readonly bestRow: number;
  readonly colours: Colours;
}

interface MeasuredColumn {
  readonly column: ViewColumn;
  readonly width: number;
  readonly isRight: boolean;
}

const numberText = /^[-+]?(?:\d|inf|nan|\.\d)/;

function headerPaint(kind: ColumnKind, colours: Colours): Paint {
  const paints = { metric: colours.yellow, param: colours.cyan, dep: colours.magenta, label: (text: string) => text };
  return (text) => colours.bold(paints[kind](text));
}

function statePaint(colours: Colours): Readonly<Record<string, Paint>> {
  return { Failed: colours.red, Running: colours.yellow, Queued: colours.dim, Success: colours.green };
}

function headingOf({ heading, short }: ViewColumn): readonly string[] {
  return heading ?? [visible(short)];
}

/** The headings, those of fewer lines at the bottom. */
function headerLines(all: readonly MeasuredColumn[], { colours, gap }: { colours: Colours; gap: string }): string[] {
  const height = Math.max(1, ...all.map(({ column }) => headingOf(column).length));
  return Array.from({ length: height }, (_, at) =>
    all
      .map((each) => {
        const lines = headingOf(each.column);
        return headerPaint(each.column.kind, colours)(padded(lines[at - height + lines.length] ?? "", each));
      })
      .join(gap)
      .trimEnd(),
  );
}

function measured(column: ViewColumn): MeasuredColumn {
  const name = headingWidth(headingOf(column));
  const width = column.cells.reduce((widest, cell) => Math.max(widest, textWidth(cell)), name);
  const values = column.cells.filter((cell) => cell !== "-" && cell !== "!");
  const isRight = column.value !== undefined && values.length > 0 && values.every((cell) => numberText.test(cell));
  return { column, width, isRight };
}

function padded(text: string, { width, isRight }: MeasuredColumn): string {
  const padding = " ".repeat(Math.max(0, width - textWidth(text)));
  return isRight ? padding + text : text + padding;
}

/** Lines end with a newline each. */
export function drawView(columns: readonly ViewColumn[], { rows, bestRow, colours }: Drawing): string {
  const all = columns.map(measured);
  const gap = " ".repeat(viewGap);
  const states = statePaint(colours);
  const header = headerLines(all, { colours, gap });
  const width = all.reduce((sum, each) => sum + each.width + viewGap, -viewGap);
  const lines = rows.map((row, index) => {
    const cells = all.map((each) => {
      const cell = padded(each.column.cells[index] ?? "", each);
      const isState = each.column.name === "State" && each.column.value === undefined;
      return isState ? (states[cell.trim()]?.(cell) ?? cell) : cell;
    });
    const line = cells.join(gap).trimEnd();
    return row.emphasis === "baseline" || index === bestRow ? colours.bold(line) : line;
  });
  return [...header, colours.dim("─".repeat(Math.max(0, width))), ...lines].map((line) => `${line}\n`).join("");
}
