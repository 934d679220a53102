/** Finished experiments as flat rows, for programs that know nothing of Git. */
import { pythonJson } from "../../base/python.ts";
import type { Value } from "../../base/value.ts";
import { type ExperimentNote, emptyNote } from "../notes/note.ts";
import type { Baseline, Experiment } from "../reading/types.ts";
import { collectColumns, rememberLeaves, type ValueColumn } from "../show/value-columns.ts";

export interface ExportRow {
  readonly name: string;
  readonly commit: string;
  readonly baseline: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly sweep: string | undefined;
  readonly note: ExperimentNote;
  /** By the names of the tables: with its file in front where several files have the name. */
  readonly params: ReadonlyMap<string, Value>;
  readonly metrics: ReadonlyMap<string, Value>;
}

export interface ExportTable {
  readonly rows: readonly ExportRow[];
  readonly params: readonly string[];
  readonly metrics: readonly string[];
}

function isFinished({ name, executor }: Experiment): boolean {
  return name !== null && (executor === null || executor.state === "success");
}

/** A value as text: a string as it is, anything else as JSON. */
export function valueText(value: Value): string {
  return typeof value === "string" ? value : pythonJson(value);
}

/** A value as a number; undefined for what is none. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : undefined;
}

/** The finished experiments of the tables, each once. */
export function exportTable(baselines: readonly Baseline[]): ExportTable {
  const leaves = rememberLeaves();
  const columns = collectColumns(baselines, leaves);
  const valuesOf = (data: Experiment["revs"][0]["data"], kind: "params" | "metrics") =>
    new Map(
      columns[kind].flatMap(({ column, file, name }: ValueColumn): [string, Value][] => {
        const result = data?.[kind].get(file);
        const value = result === undefined ? undefined : leaves(file, result).get(name);
        return value === undefined ? [] : [[column.name, value]];
      }),
    );
  const rows = baselines.flatMap((baseline) =>
    baseline.experiments.filter(isFinished).map((experiment): ExportRow => {
      const [tip] = experiment.revs;
      return {
        name: experiment.name ?? "",
        commit: tip.rev,
        baseline: baseline.rev,
        createdAt: tip.timestamp ?? 0,
        sweep: experiment.sweep,
        note: experiment.note ?? emptyNote,
        params: valuesOf(tip.data, "params"),
        metrics: valuesOf(tip.data, "metrics"),
      };
    }),
  );
  return {
    rows,
    params: columns.params.map(({ column }) => column.name),
    metrics: columns.metrics.map(({ column }) => column.name),
  };
}
