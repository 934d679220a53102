/** Experiments as a table: one row for the workspace, each baseline and each experiment (DVC 3.67.1, repo/experiments/show.py). */

import type { Value } from "../base/value.ts";
import type {
  Baseline,
  Executor,
  Experiment,
  ExperimentData,
  ExperimentState,
  FileResult,
} from "../experiments/reading/types.ts";
import {
  collectColumns,
  type ExperimentColumns,
  type Leaves,
  labelNames,
  rememberLeaves,
  sortColumn,
  trialLabel,
  type ValueColumn,
} from "../experiments/show/value-columns.ts";
import { namesMatching } from "../project/name-patterns.ts";
import { cellText, type FloatFormat } from "./cells.ts";
import { isoTime, shortTime } from "./dates.ts";
import { type SortRequest, sortExperiments } from "./exp-sort.ts";
import { namedColumns } from "./named-columns.ts";
import { type Column, columnCells, keepColumns, type Row, type Table } from "./table.ts";

export interface ExperimentTableOptions {
  readonly float: FloatFormat;
  /** What stands where there is no value. */
  readonly fill: string;
  /** "iso" for programs; else the day that counts as today. */
  readonly time: "iso" | Date;
  readonly sort?: SortRequest;
}

const unreadable = "!";
const shortRevision = 7;

/** DVC's words; those of checkpoints are DVC 2's. */
type RowType =
  | "baseline"
  | "branch_commit"
  | "branch_base"
  | "checkpoint_tip"
  | "checkpoint_commit"
  | "checkpoint_base";

interface Drawing {
  readonly columns: ExperimentColumns;
  readonly options: ExperimentTableOptions;
  readonly leaves: Leaves;
  /** Values are the same in most rows: each is turned into text once. */
  readonly texts: Map<Value, string>;
}

function shortRev(rev: string): string {
  return /^[0-9a-f]{40,64}$/.test(rev) ? rev.slice(0, shortRevision) : rev;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function created(state: ExperimentState, { options }: Drawing): string {
  if (state.timestamp === null || state.data === null) return options.fill;
  return options.time === "iso" ? isoTime(state.timestamp) : shortTime(state.timestamp, options.time);
}

function valueText(value: Value, drawing: Drawing): string {
  const known = drawing.texts.get(value);
  if (known !== undefined) return known;
  const text = cellText(value, drawing.options.float);
  drawing.texts.set(value, text);
  return text;
}

function valueCell(files: ReadonlyMap<string, FileResult> | undefined, column: ValueColumn, drawing: Drawing): string {
  const result = files?.get(column.file);
  if (result === undefined) return drawing.options.fill;
  if (result.kind === "error") return unreadable;
  const value = drawing.leaves(column.file, result).get(column.name);
  return value === undefined || value === null ? drawing.options.fill : valueText(value, drawing);
}

function dataCells(data: ExperimentData | null, drawing: Drawing): readonly string[] {
  const { columns, options } = drawing;
  return [
    ...columns.metrics.map((column) => valueCell(data?.metrics, column, drawing)),
    ...columns.params.map((column) => valueCell(data?.params, column, drawing)),
    ...columns.deps.map((path) => data?.deps.get(path)?.hash ?? options.fill),
  ];
}

interface RowLabels {
  readonly experiment: string;
  readonly rev: string;
  readonly type: RowType;
  readonly executor: Executor | null;
  readonly stoppedAt?: number | undefined;
  readonly trial?: number | undefined;
}

/** The cells in the order of labelNames, the number of the trial, then the values. */
function makeRow(state: ExperimentState, labels: RowLabels, drawing: Drawing): Row {
  const { fill } = drawing.options;
  const { executor } = labels;
  const name = executor === null || executor.name === null ? fill : capital(executor.name);
  const cells = [
    labels.experiment,
    labels.rev,
    labels.type,
    created(state, drawing),
    "",
    stateText(labels, drawing.options),
    name,
    trialText(labels, fill),
  ];
  return {
    cells: [...cells, ...dataCells(state.data, drawing)],
    emphasis: labels.type === "baseline" ? "baseline" : "plain",
  };
}

/** For people it says when it was ended as hopeless. */
function stateText({ executor, stoppedAt }: RowLabels, { time, fill }: ExperimentTableOptions): string {
  if (stoppedAt !== undefined) return time === "iso" ? "Stopped" : `Stopped at ${stoppedAt}`;
  return executor === null ? fill : capital(executor.state);
}

function trialText({ trial }: RowLabels, fill: string): string {
  return trial === undefined ? fill : String(trial);
}

interface DrawnRow {
  readonly row: Row;
  /** undefined: the workspace's row, a baseline's, or that of an older checkpoint. */
  readonly experiment: Experiment | undefined;
}

/** One row; of an experiment with checkpoints one for each, the newest first. */
function experimentRows(
  experiment: Experiment,
  type: "branch_commit" | "branch_base",
  drawing: Drawing,
): readonly DrawnRow[] {
  const { revs, executor, stoppedAt, trial } = experiment;
  const last = revs.length - 1;
  return revs.map((state, at) => {
    const isTip = at === 0;
    const ofChain: RowType = isTip ? "checkpoint_tip" : at === last ? "checkpoint_base" : "checkpoint_commit";
    const rowType = last === 0 ? type : ofChain;
    const labels = { experiment: state.name ?? "", rev: shortRev(state.rev), type: rowType };
    return {
      row: makeRow(state, isTip ? { ...labels, executor, stoppedAt, trial } : { ...labels, executor: null }, drawing),
      experiment: isTip ? experiment : undefined,
    };
  });
}

function baselineRows(baseline: Baseline, drawing: Drawing): readonly DrawnRow[] {
  const { sort } = drawing.options;
  const ordered =
    sort === undefined || baseline.experiments.length === 0
      ? baseline.experiments
      : sortExperiments(baseline.experiments, sortColumn(sort.by, drawing.columns), {
          ...sort,
          leaves: drawing.leaves,
        });
  const labels = { experiment: "", rev: baseline.name ?? shortRev(baseline.rev), executor: null };
  const last = ordered.length - 1;
  return [
    { row: makeRow(baseline, { ...labels, type: "baseline" }, drawing), experiment: undefined },
    ...ordered.flatMap((experiment, index) =>
      experimentRows(experiment, index === last ? "branch_base" : "branch_commit", drawing),
    ),
  ];
}

function isEmptyColumn(table: Table, index: number, fill: string): boolean {
  return columnCells(table, index).every((cell) => cell === fill);
}

export interface DrawnExperiments {
  readonly table: Table;
  readonly columns: ExperimentColumns;
  readonly leaves: Leaves;
  /** Those of the table's rows; undefined for the workspace, for baselines and older checkpoints. */
  readonly experiments: readonly (Experiment | undefined)[];
}

/** These stand only where a row has one. */
const sparseLabels: ReadonlySet<string> = new Set(["State", "Executor", trialLabel]);

/** All columns, as CSV has them, with what rows and columns stand for. */
export function drawExperiments(baselines: readonly Baseline[], options: ExperimentTableOptions): DrawnExperiments {
  const leaves = rememberLeaves();
  const columns = collectColumns(baselines, leaves);
  const drawing = { columns, options, leaves, texts: new Map() };
  const headers: readonly Column[] = [
    ...[...labelNames, trialLabel].map((name) => ({ name, kind: "label" as const })),
    ...columns.metrics.map(({ column }) => column),
    ...columns.params.map(({ column }) => column),
    ...columns.deps.map((name) => ({ name, kind: "dep" as const })),
  ];
  const drawn = baselines.flatMap((baseline) => baselineRows(baseline, drawing));
  const table = { columns: headers, rows: drawn.map(({ row }) => row) };
  const kept = keepColumns(
    table,
    ({ kind, name }, index) =>
      kind !== "label" || !sparseLabels.has(name) || !isEmptyColumn(table, index, options.fill),
  );
  return { table: kept, columns, leaves, experiments: drawn.map(({ experiment }) => experiment) };
}

/** As DVC draws them, checkpoints as DVC 2. */
export const treeMarks: Readonly<Record<string, string>> = {
  branch_commit: "├── ",
  branch_base: "└── ",
  checkpoint_tip: "│ ╓ ",
  checkpoint_commit: "│ ╟ ",
  checkpoint_base: "├─╨ ",
};

/** For people: name, revision and place in the tree in one column instead of four. */
export function mergeLabels(table: Table): Table {
  const rows = table.rows.map((row) => {
    const [experiment = "", rev = "", type = ""] = row.cells;
    const label = type === "baseline" || experiment === "" ? experiment || rev : `${rev} [${experiment}]`;
    return { ...row, cells: [(treeMarks[type] ?? "") + label, ...row.cells.slice(1)] };
  });
  const merged = new Set<string>(["rev", "typ", "parent"]);
  return keepColumns({ columns: table.columns, rows }, (column) => column.kind !== "label" || !merged.has(column.name));
}

export interface ColumnChoice {
  readonly onlyChanged: boolean;
  /** Patterns that match at the start of a column's name. */
  readonly drop: readonly RegExp[];
  /** Columns that stay whatever else is said. */
  readonly keep: readonly RegExp[];
  /** Names of columns: the first one and these, in this order; undefined: all that is not left out. */
  readonly only?: readonly string[] | undefined;
  /** What becomes of a name in `only` that no column has: default "refused". */
  readonly unknown?: "refused" | "passed over";
}

function pickColumns(table: Table, places: readonly number[]): Table {
  return {
    columns: places.flatMap((place) => table.columns[place] ?? []),
    rows: table.rows.map((row) => ({ ...row, cells: places.map((place) => row.cells[place] ?? "") })),
  };
}

/** `--columns`; `--only-changed`, `--drop` and `--keep`. Throws UNKNOWN_COLUMN; BAD_OPTIONS for a pattern that takes too long. */
export function chooseColumns(table: Table, choice: ColumnChoice): Table {
  if (choice.only !== undefined) return pickColumns(table, namedColumns(choice.only, table.columns));
  const names = table.columns.map(({ name }) => name);
  const kept = namesMatching(choice.keep, names);
  const dropped = namesMatching(choice.drop, names);
  return keepColumns(table, (column, index) => {
    if (kept.has(column.name)) return true;
    if (dropped.has(column.name)) return false;
    return !choice.onlyChanged || new Set(columnCells(table, index)).size !== 1;
  });
}
