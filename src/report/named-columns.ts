/** Which columns `--columns` means. */
import { SweeplineError } from "../base/errors.ts";
import { nearest } from "../base/text/nearest.ts";
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
function columnNamed(name: string, columns: readonly Column[]): number {
  const bare = name.slice(name.lastIndexOf(":") + 1);
  const found = [
    (column: Column) => column.name === name,
    (column: Column) => column.kind === "label" && column.name.toLowerCase() === name.toLowerCase(),
    (column: Column) => column.kind !== "label" && column.name.endsWith(`.${name}`),
    (column: Column) => column.kind !== "label" && column.name === bare,
  ].map((isMeant) => columns.flatMap((column, index) => (isMeant(column) ? [index] : [])));
  const [only] = found.find(({ length }) => length > 0) ?? [];
  const isOne = found.find(({ length }) => length > 0)?.length === 1;
  if (only === undefined || !isOne) throw unknownColumnName(name, columns);
  return only;
}

/** Their places in the table, the first column before all, each once. Throws UNKNOWN_COLUMN. */
export function namedColumns(names: readonly string[], columns: readonly Column[]): readonly number[] {
  return [...new Set([0, ...names.map((name) => columnNamed(name, columns))])];
}
