/** `exp show` in each of its formats: rows in, text out. */
import type { Baseline, ExperimentState } from "../experiments/reading/types.ts";
import { defaultPrecision, exactFloats, significantFloats } from "./cells.ts";
import { toCsv } from "./csv.ts";
import { experimentsAsJson } from "./exp-json.ts";
import type { SortRequest } from "./exp-sort.ts";
import {
  type ColumnChoice,
  chooseColumns,
  drawExperiments,
  type ExperimentTableOptions,
  mergeLabels,
} from "./exp-table.ts";
import { jsonPieces } from "./json.ts";
import { toMarkdown } from "./markdown.ts";
import { withNoteColumns } from "./note-columns.ts";
import type { Table } from "./table.ts";
import { type TerminalOptions, toTerminal } from "./terminal.ts";

export type ShowFormat = "table" | "csv" | "markdown" | "json";

export interface ShowOptions {
  readonly format: ShowFormat;
  readonly columns: ColumnChoice;
  readonly sort: SortRequest | undefined;
  /** Significant digits; undefined: 5, and all of them in CSV. */
  readonly precision: number | undefined;
  /** In CSV a baseline is called so in the column `rev` only, as DVC has it; or in that of names, too. */
  readonly namesInCsv?: "of experiments" | "of all rows";
  readonly terminal: TerminalOptions;
  /** The day that is today. */
  readonly now: Date;
}

/** With what people say of experiments only where it is named: DVC has no such columns. */
function tableAsked(
  baselines: readonly Baseline[],
  { sort, columns }: ShowOptions,
  how: ExperimentTableOptions,
): Table {
  const { table, experiments } = drawExperiments(baselines, { ...how, ...(sort === undefined ? {} : { sort }) });
  return withNoteColumns(table, experiments, { names: columns.only ?? [], fill: how.fill });
}

function forPeople(baselines: readonly Baseline[], options: ShowOptions) {
  const table = tableAsked(baselines, options, {
    float: significantFloats(options.precision || defaultPrecision),
    fill: "-",
    time: options.now,
  });
  return chooseColumns(mergeLabels(table), options.columns);
}

/** The revision in the place of the name of an experiment, where a row is none. */
function withNames(table: Table): Table {
  const rows = table.rows.map((row) => {
    const [name = "", rev = "", ...others] = row.cells;
    return { ...row, cells: [name || rev, rev, ...others] };
  });
  return { ...table, rows };
}

function asCsv(baselines: readonly Baseline[], options: ShowOptions): string {
  const table = tableAsked(baselines, options, {
    float: options.precision ? significantFloats(options.precision) : exactFloats,
    fill: "",
    time: "iso",
  });
  return toCsv(chooseColumns(options.namesInCsv === "of all rows" ? withNames(table) : table, options.columns));
}

/** The text of `exp show`, in pieces. Errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN. */
export function* renderExperiments(baselines: readonly Baseline[], options: ShowOptions): Generator<string> {
  if (options.format === "json")
    yield* jsonPieces(experimentsAsJson(baselines), options.terminal.width === "full" ? "line" : "indented");
  else if (baselines.length > 0) yield renderTable(baselines, options);
}

function renderTable(baselines: readonly Baseline[], options: ShowOptions): string {
  if (options.format === "csv") return asCsv(baselines, options);
  const table = forPeople(baselines, options);
  return options.format === "markdown" ? toMarkdown(table) : toTerminal(table, options.terminal);
}

export interface ShowTableOptions {
  readonly terminal: TerminalOptions;
  /** A metric or parameter; experiments without it come last. Best first is the caller's choice of order. */
  readonly sortBy?: string;
  readonly order?: "asc" | "desc";
  readonly format?: "table" | "markdown";
}

/** Hashes of dependencies differ between points for the reasons that the parameters tell: they only make the table wide. */
function withoutDependencies<State extends ExperimentState>(state: State): State {
  return state.data === null ? state : { ...state, data: { ...state.data, deps: new Map() } };
}

/** The table at the end of a sweep: metrics and parameters that differ, sorted by one of them. */
export function showTable(baselines: readonly Baseline[], options: ShowTableOptions): string {
  const { sortBy, order = "asc" } = options;
  const shown = baselines.map((baseline) => ({
    ...withoutDependencies(baseline),
    // Where many points are compared, the last checkpoint stands for each.
    experiments: baseline.experiments.map(({ revs: [tip], ...experiment }) => ({
      ...experiment,
      revs: [withoutDependencies(tip)] as const,
    })),
  }));
  if (shown.length === 0) return "";
  return renderTable(shown, {
    format: options.format ?? "table",
    columns: { onlyChanged: true, drop: [/^Created$/, /^Executor$/], keep: [/^Experiment$/] },
    sort: sortBy === undefined ? undefined : { by: sortBy, order, missing: "last" },
    precision: undefined,
    terminal: options.terminal,
    now: new Date(),
  });
}
