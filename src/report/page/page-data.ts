/** Experiments as the data of a page. */
import { isList, isMap, type Value } from "../../base/value.ts";
import { knownDirection } from "../../experiments/find/direction.ts";
import { effectsOf, type ParameterEffect } from "../../experiments/find/effects.ts";
import type { FilterRow } from "../../experiments/find/filter-row.ts";
import { type Chosen, chooseRows } from "../../experiments/find/find.ts";
import type { RevisionPlots } from "../../experiments/plots/types.ts";
import type { Baseline } from "../../experiments/reading/types.ts";
import type { ExperimentColumns, ValueColumn } from "../../experiments/show/value-columns.ts";
import type { CellValue, PageColumn, PageData, PageEffect, PageEffects, PageFailure, PageRow } from "./contract.ts";
import { checkpointCurves, plotCurves } from "./curves.ts";

/** More metrics than that are seldom looked at, and a forest takes its time. */
const mostEffects = 3;

function columnKey({ file, name }: Pick<ValueColumn, "file" | "name">): string {
  return `${file}:${name}`;
}

/** JSON has no infinity, and no whole numbers that are exact above 2^53. */
export function cellValue(value: Value | undefined): CellValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (isList(value)) return value.map(cellValue);
  return isMap(value) ? JSON.stringify([...value].map(([key, item]) => [String(key), cellValue(item)])) : value;
}

function rowId({ facts, baselineId }: FilterRow): string {
  return facts.name === null ? facts.commit : `${baselineId.slice(0, 10)}/${facts.name}`;
}

function pageRow(row: FilterRow, columns: readonly ValueColumn[]): PageRow {
  const { facts } = row;
  return {
    id: rowId(row),
    name: facts.name,
    state: facts.state,
    sweep: facts.sweep,
    created: facts.created,
    baseline: facts.baseline,
    commit: facts.commit,
    note: facts.note,
    tags: facts.tags,
    starred: facts.starred,
    values: columns.map((column) => cellValue(row.valueIn(column))),
  };
}

function varies(rows: readonly PageRow[], at: number): boolean {
  const first = JSON.stringify(rows[0]?.values[at]);
  return rows.some(({ values }) => JSON.stringify(values[at]) !== first);
}

function pageColumns(columns: readonly ValueColumn[], rows: readonly PageRow[]): readonly PageColumn[] {
  return columns.map(({ column, file, name }, at) => ({
    key: columnKey({ file, name }),
    file,
    name,
    label: column.name,
    kind: column.kind,
    direction: column.kind === "metric" ? (knownDirection(name) ?? null) : null,
    varies: varies(rows, at),
  }));
}

function shownNumber(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function valueLabel(values: ParameterEffect["values"][number]["values"]): string {
  const [first, last] = values;
  if (values.length === 2 && typeof first === "number" && typeof last === "number")
    return `${shownNumber(first)} to ${shownNumber(last)}`;
  const cell = cellValue(first);
  return typeof cell === "string" ? cell : JSON.stringify(cell);
}

function pageEffect({ column, importance, values }: ParameterEffect, better: "min" | "max"): PageEffect {
  return {
    key: columnKey(column),
    importance: importance ?? null,
    values: values.map((each) => ({
      label: valueLabel(each.values),
      count: each.metric.count,
      mean: each.metric.mean,
      best: each.metric[better],
    })),
  };
}

function isNumber(value: Value | undefined): boolean {
  return typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
}

/** Of the first metrics, those whose better end is known before the others. */
export function pageEffects(rows: readonly FilterRow[], columns: ExperimentColumns): readonly PageEffects[] {
  const measured = columns.metrics.filter((column) => rows.some((row) => isNumber(row.valueIn(column))));
  const known = measured.filter(({ name }) => knownDirection(name) !== undefined);
  const chosen = [...new Set([...known, ...measured])].slice(0, mostEffects);
  return chosen.map((column) => {
    const effects = effectsOf(rows, columns, { metric: columnKey(column), direction: undefined });
    return {
      key: columnKey(column),
      explained: effects.learned?.explained ?? null,
      parameters: effects.parameters.map((each) => pageEffect(each, effects.direction ?? "max")),
    };
  });
}

/** The end of an experiment's log, by commit. */
export type LogTails = ReadonlyMap<string, string>;

/** What is said after a stage has failed: the same of all. */
const ownLine = /^(?:ERROR|HINT|WARNING): /;

function lastLineOf(log: string | undefined): string | undefined {
  return log
    ?.split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "" && !ownLine.test(line));
}

/** What is known of one that failed. */
export interface KnownFailure {
  readonly name: string;
  /** The end of its log, safe to be shown. */
  readonly log: string | undefined;
  readonly message: string | undefined;
}

/** Failures with one last line are one; the most frequent first. */
export function groupFailures(failed: readonly KnownFailure[]): readonly PageFailure[] {
  const groups = new Map<string, { names: string[]; log: string }>();
  for (const { name, log, message } of failed) {
    const line = lastLineOf(log) ?? message ?? "nothing is known of why";
    const group = groups.get(line) ?? { names: [], log: log ?? "" };
    groups.set(line, group);
    group.names.push(name);
  }
  return [...groups].map(([line, group]) => ({ line, ...group })).sort((a, b) => b.names.length - a.names.length);
}

export function pageFailures(rows: readonly FilterRow[], logs: LogTails): readonly PageFailure[] {
  return groupFailures(
    rows
      .filter(({ facts }) => facts.state === "failed")
      .map(({ facts, experiment }) => ({
        name: facts.name ?? facts.commit.slice(0, 9),
        log: logs.get(facts.commit),
        message: experiment.revs[0].error?.message,
      })),
  );
}

export interface PageSources {
  readonly title: string;
  readonly madeBy: string;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly logs: LogTails;
  /** Of some commits. */
  readonly plots: readonly RevisionPlots[];
}

/** All that a table of them shows. */
export interface PageTable {
  readonly found: Chosen;
  readonly columns: readonly PageColumn[];
  /** One a row that was found, in the same order. */
  readonly rows: readonly PageRow[];
}

export function pageTable(baselines: readonly Baseline[]): PageTable {
  const found = chooseRows(baselines, { where: undefined, best: undefined, top: undefined });
  const all = [...found.columns.metrics, ...found.columns.params];
  const rows = found.rows.map((row) => pageRow(row, all));
  return { found, columns: pageColumns(all, rows), rows };
}

export function pageData(baselines: readonly Baseline[], sources: PageSources): PageData {
  const { found, columns, rows } = pageTable(baselines);
  const idOf = new Map(rows.map(({ commit, id }) => [commit, id]));
  return {
    title: sources.title,
    madeBy: sources.madeBy,
    madeAt: sources.now,
    columns,
    rows,
    effects: pageEffects(found.rows, found.columns),
    curves: [...plotCurves(sources.plots, idOf), ...checkpointCurves(found.rows, rowId)],
    failures: pageFailures(found.rows, sources.logs),
  };
}
