/** Experiments as a Parquet file: one row each, `params.lr`, `metrics.loss`, with the types that notebooks expect. */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Value } from "../../base/value.ts";
import { type ExportRow, type ExportTable, numberOf, valueText } from "./rows.ts";

type Cell = string | number | bigint | boolean | Date | null;

interface Column {
  readonly name: string;
  readonly type: "STRING" | "DOUBLE" | "INT64" | "BOOLEAN" | "TIMESTAMP";
  readonly data: Cell[];
  readonly nullable: boolean;
}

const most = 2n ** 63n;

/** Whole numbers, numbers, booleans; what is mixed or none of these is text. */
function typed(values: readonly (Value | undefined)[]): Pick<Column, "type" | "data"> {
  const there = values.filter((value) => value !== undefined && value !== null);
  const isAll = (test: (value: Value) => boolean) => there.length > 0 && there.every((value) => test(value as Value));
  const cells = (cell: (value: Value) => Cell) =>
    values.map((value) => (value === undefined || value === null ? null : cell(value)));
  if (isAll((value) => typeof value === "boolean")) return { type: "BOOLEAN", data: cells((value) => value === true) };
  if (isAll((value) => typeof value === "bigint" && value < most && value >= -most))
    return { type: "INT64", data: cells((value) => value as bigint) };
  if (isAll((value) => numberOf(value) !== undefined))
    return { type: "DOUBLE", data: cells((value) => numberOf(value) ?? null) };
  return { type: "STRING", data: cells(valueText) };
}

function texts(name: string, rows: readonly ExportRow[], text: (row: ExportRow) => string | undefined): Column {
  return { name, type: "STRING", data: rows.map((row) => text(row) ?? null), nullable: true };
}

export function toParquet({ rows, params, metrics }: ExportTable): Uint8Array {
  const columns: Column[] = [
    texts("experiment", rows, ({ name }) => name),
    texts("commit", rows, ({ commit }) => commit),
    texts("baseline", rows, ({ baseline }) => baseline),
    {
      name: "created",
      type: "TIMESTAMP",
      data: rows.map(({ createdAt }) => new Date(createdAt * 1000)),
      nullable: true,
    },
    texts("sweep", rows, ({ sweep }) => sweep),
    texts("tags", rows, ({ note }) => (note.tags.length === 0 ? undefined : note.tags.join(","))),
    ...params.map((name) => ({
      name: `params.${name}`,
      nullable: true,
      ...typed(rows.map((row) => row.params.get(name))),
    })),
    ...metrics.map((name) => ({
      name: `metrics.${name}`,
      nullable: true,
      ...typed(rows.map((row) => row.metrics.get(name))),
    })),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData: columns }));
}
