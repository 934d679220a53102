/**
 * `exp show` for somebody who looks: name, state, metrics, the parameters that vary, then the rest as far as the width
 * goes. What is sent through a pipe has the form of DVC and is made elsewhere (exp-show.ts).
 */
import pico from "picocolors";
import type { Baseline } from "../../experiments/reading/types.ts";
import { labelNames, sortColumn, type ValueColumn } from "../../experiments/show/value-columns.ts";
import { defaultPrecision, significantFloats } from "../cells.ts";
import type { SortRequest } from "../exp-sort.ts";
import { type ColumnChoice, type DrawnExperiments, drawExperiments, treeMarks } from "../exp-table.ts";
import { noteCells } from "../note-columns.ts";
import { cutToWidth } from "../width.ts";
import { type Best, bestExperiment } from "./best-row.ts";
import { drawView } from "./draw-view.ts";
import { hiddenLine } from "./hidden-line.ts";
import { placeColumns } from "./place-columns.ts";
import { shortNames } from "./short-names.ts";
import type { ViewColumn } from "./view-column.ts";

export interface ViewOptions {
  /** The rows that these were chosen from: what differs there is what was swept. Default: these. */
  readonly all?: readonly Baseline[];
  readonly columns: ColumnChoice;
  readonly sort: SortRequest | undefined;
  readonly precision: number | undefined;
  readonly terminal: { readonly width: number; readonly colours: boolean };
  /** The day that is today. */
  readonly now: Date;
}

const fill = "-";
const bestMarks: Readonly<Record<string, string>> = {
  branch_commit: "├─▸ ",
  branch_base: "└─▸ ",
  checkpoint_tip: "│ ▸ ",
};
const widestSaying = 40;

/** The name and its place in the tree, from the labels that CSV has apart. */
function nameCells({ table, experiments }: DrawnExperiments, best: Best | undefined): readonly string[] {
  return table.rows.map(({ cells: [name = "", rev = "", type = ""] }, index) => {
    const marks = best !== undefined && experiments[index] === best.experiment ? bestMarks : treeMarks;
    const star = experiments[index]?.note?.starred ? " ★" : "";
    return (marks[type] ?? "") + (name || rev) + star;
  });
}

/** Columns of what people say, where somebody does. The star stands with the name. */
function sayings({ experiments }: DrawnExperiments, options: ViewOptions): readonly ViewColumn[] {
  return (["Tags", "Note"] as const).flatMap((name): readonly ViewColumn[] => {
    const cells = noteCells(name, experiments, fill).map((cell) =>
      cutToWidth(cell.replaceAll("\n", " "), widestSaying),
    );
    if (cells.every((cell) => cell === fill) && !wanted(options, name)) return [];
    return [{ kind: "label", name, short: name, value: undefined, cells, varies: "among experiments" }];
  });
}

function metricOfSort(drawn: DrawnExperiments, { sort }: ViewOptions): ValueColumn | undefined {
  if (sort === undefined || drawn.experiments.every((experiment) => experiment === undefined)) return undefined;
  return sortColumn(sort.by, drawn.columns);
}

function distinct(cells: readonly string[]): number {
  return new Set(cells.filter((cell) => cell !== fill)).size;
}

/** The names of the columns that experiments differ in. */
function mixedNames({ table, experiments }: DrawnExperiments): ReadonlySet<string> {
  const rows = table.rows.filter((_, at) => experiments[at] !== undefined);
  const mixed = table.columns.filter((_, index) => distinct(rows.map(({ cells }) => cells[index] ?? "")) > 1);
  return new Set(mixed.map(({ name }) => name));
}

interface ColumnFacts {
  /** What stands above the columns of values. */
  readonly names: readonly string[];
  readonly mixed: ReadonlySet<string>;
}

function viewColumns(drawn: DrawnExperiments, { names, mixed }: ColumnFacts): readonly ViewColumn[] {
  const { table, columns } = drawn;
  const values = [...columns.metrics, ...columns.params];
  const labels = table.columns.filter(({ kind }) => kind === "label").length;
  return table.columns.map((column, index): ViewColumn => {
    const cells = table.rows.map((row) => row.cells[index] ?? "");
    const value = column.kind === "label" ? undefined : values[index - labels];
    return {
      kind: column.kind,
      name: column.name,
      short: value === undefined ? column.name : (names[index - labels] ?? column.name),
      value,
      cells,
      varies: mixed.has(column.name) ? "among experiments" : distinct(cells) > 1 ? "from their baseline" : "not",
    };
  });
}

function bestLine(best: Best | undefined, metric: ValueColumn | undefined): string | undefined {
  if (best === undefined || metric === undefined) return undefined;
  return `▸ best ${metric.name} (${best.direction === "max" ? "highest" : "lowest"})`;
}

/** The table, and below it what is the best and what did not fit. Errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN, UNKNOWN_COLUMN. */
export function experimentView(baselines: readonly Baseline[], options: ViewOptions): string {
  if (baselines.length === 0) return "";
  const { sort, terminal } = options;
  const how = { float: significantFloats(options.precision || defaultPrecision), fill, time: options.now };
  const drawn = drawExperiments(baselines, { ...how, ...(sort === undefined ? {} : { sort }) });
  const all = options.all === undefined || options.all === baselines ? drawn : drawExperiments(options.all, how);
  const sorted = metricOfSort(drawn, options);
  const isMetric = sorted?.column.kind === "metric";
  const best =
    sort !== undefined && sorted !== undefined && isMetric
      ? bestExperiment(drawn.experiments, { column: sorted, order: sort.order, leaves: drawn.leaves })
      : undefined;
  const names = shortNames([...drawn.columns.metrics, ...drawn.columns.params]);
  const columns = viewColumns(drawn, { names, mixed: mixedNames(all) }).filter(
    ({ name }) => !hiddenLabels.has(name) || wanted(options, name),
  );
  const first: ViewColumn = { ...namesColumn, cells: nameCells(drawn, best) };
  const { shown, hidden } = placeColumns([first, ...columns.slice(1), ...sayings(drawn, options)], {
    ...options,
    sorted,
    fill,
    width: terminal.width,
  });
  const colours = pico.createColors(terminal.colours);
  const bestRow = best === undefined ? -1 : drawn.experiments.indexOf(best.experiment);
  const table = drawView(shown, { rows: drawn.table.rows, bestRow, colours });
  const below = [bestLine(best, sorted), hiddenLine(hidden, terminal.width)].filter((line) => line !== undefined);
  return table + below.map((line) => `${colours.dim(line)}\n`).join("");
}

const namesColumn = {
  kind: "label",
  name: "Experiment",
  short: "Experiment",
  value: undefined,
  varies: "among experiments",
} as const;

/** Labels that the first column stands for. */
const hiddenLabels: ReadonlySet<string> = new Set(labelNames.filter((name) => /^[a-z]/.test(name)));

function wanted({ columns }: ViewOptions, name: string): boolean {
  return columns.only?.some((each) => each.toLowerCase() === name.toLowerCase()) ?? false;
}
