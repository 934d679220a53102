/** What people say of experiments, as columns: on a terminal where somebody said something, elsewhere where they are asked for. */
import type { Experiment } from "../experiments/reading/types.ts";
import type { Table } from "./table.ts";

export const noteNames = ["Star", "Tags", "Note"] as const;
export type NoteName = (typeof noteNames)[number];

/** One for each row; `fill` where there is nothing. */
export function noteCells(
  name: NoteName,
  experiments: readonly (Experiment | undefined)[],
  fill: string,
): readonly string[] {
  return experiments.map((experiment) => {
    const note = experiment?.note;
    if (note === undefined) return fill;
    const text = { Star: note.starred ? "★" : "", Tags: note.tags.join(" "), Note: note.text }[name];
    return text === "" ? fill : text;
  });
}

/** The table with those of these columns that are named. */
export function withNoteColumns(
  table: Table,
  experiments: readonly (Experiment | undefined)[],
  { names, fill }: { readonly names: readonly string[]; readonly fill: string },
): Table {
  const asked = noteNames.filter((name) => names.some((each) => each.toLowerCase() === name.toLowerCase()));
  const columns = asked.map((name) => noteCells(name, experiments, fill));
  return {
    columns: [...table.columns, ...asked.map((name) => ({ name, kind: "label" as const }))],
    rows: table.rows.map((row, at) => ({
      ...row,
      cells: [...row.cells, ...columns.map((cells) => cells[at] ?? fill)],
    })),
  };
}
