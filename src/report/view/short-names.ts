/** `lr` for `train.lr`, where that is the only lr: what columns are called on a terminal. */
import { factNames } from "../../experiments/find/filter-row.ts";
import type { ValueColumn } from "../../experiments/show/value-columns.ts";
import { labelNames } from "../../experiments/show/value-columns.ts";

/** The endings of a name at its dots, the shortest first: `lr`, `train.lr`. */
function endings(name: string): readonly string[] {
  const parts = name.split(".");
  return parts.map((_, index) => parts.slice(parts.length - 1 - index).join("."));
}

/**
 * The shortest ending of each column's name that no other column has; with its file where the whole name is of two files. What stands
 * in a heading is what --where takes: `name` there is that of the experiment, and the parameter is called params.yaml:name.
 */
export function shortNames(columns: readonly ValueColumn[]): readonly string[] {
  const times = new Map<string, number>([...labelNames, ...factNames].map((name) => [name, 1]));
  for (const { name } of columns)
    for (const ending of new Set(endings(name))) times.set(ending, (times.get(ending) ?? 0) + 1);
  const facts: ReadonlySet<string> = new Set(factNames);
  return columns.map(({ column, file, name }) => {
    const short = endings(name).find((ending) => ending !== "" && times.get(ending) === 1);
    return short ?? (facts.has(column.name) ? `${file}:${name}` : column.name);
  });
}

/** The same for one column after the other; a column that is none of them keeps its name. */
export function shortNameOf(columns: readonly ValueColumn[]): (column: ValueColumn) => string {
  const names = shortNames(columns);
  const byColumn = new Map(columns.map((column, at) => [column, names[at]]));
  return (column) => byColumn.get(column) ?? column.column.name;
}
