/** Which columns `--columns` means. */
import { SweeplineError } from "../base/errors.ts";
import { nearest } from "../base/text/nearest.ts";
import { labelNames, trialLabel } from "../experiments/show/value-columns.ts";
import { noteNames } from "./note-columns.ts";
import type { Column } from "./table.ts";

function unknownColumnName(name: string, columns: readonly Column[]): SweeplineError {
  const [near] = nearest(
    name,
    columns.map((column) => column.name),
  );
  return new SweeplineError({
    code: "UNKNOWN_COLUMN",
    message: `there is no column '${name}'`,
    ...(near === undefined ? {} : { hint: `Did you mean '${near}'?` }),
  });
}

/** As CSV calls it, else a label in any case, else the end of one name, else without the file in front. */
function findColumn(name: string, columns: readonly Column[]): number | undefined {
  const bare = name.slice(name.lastIndexOf(":") + 1);
  const found = [
    (column: Column) => column.name === name,
    (column: Column) => column.kind === "label" && column.name.toLowerCase() === name.toLowerCase(),
    (column: Column) => column.kind !== "label" && column.name.endsWith(`.${name}`),
    (column: Column) => column.kind !== "label" && column.name === bare,
  ].map((isMeant) => columns.flatMap((column, index) => (isMeant(column) ? [index] : [])));
  const [only, second] = found.find(({ length }) => length > 0) ?? [];
  return second === undefined ? only : undefined;
}

/** Columns that any table may have: those of nothing are left out of some. */
const knownLabels: ReadonlySet<string> = new Set(
  [...labelNames, trialLabel, ...noteNames].map((name) => name.toLowerCase()),
);

function columnNamed(name: string, columns: readonly Column[]): readonly number[] {
  const found = findColumn(name, columns);
  if (found === undefined && !knownLabels.has(name.toLowerCase())) throw unknownColumnName(name, columns);
  return found === undefined ? [] : [found];
}

/** Their places in the table, the first column before all, each once. Throws UNKNOWN_COLUMN. */
export function namedColumns(names: readonly string[], columns: readonly Column[]): readonly number[] {
  return [...new Set([0, ...names.flatMap((name) => columnNamed(name, columns))])];
}

/** The names that mean a column; the others are of another project, or of experiments that are not here. */
export function knownColumnNames(names: readonly string[], columns: readonly Column[]): readonly string[] {
  return names.filter((name) => findColumn(name, columns) !== undefined);
}
