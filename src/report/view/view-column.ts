import type { ValueColumn } from "../../experiments/show/value-columns.ts";
import type { ColumnKind } from "../table.ts";

/** A column that may be shown, with all its cells. */
export interface ViewColumn {
  readonly kind: ColumnKind;
  /** As CSV has it: `train.lr`, `params.yaml:lr`. */
  readonly name: string;
  /** What stands above it: `lr`. */
  readonly short: string;
  /** The same on several lines, where there is little room. */
  readonly heading?: readonly string[];
  /** Of a metric or parameter. */
  readonly value: ValueColumn | undefined;
  readonly cells: readonly string[];
  readonly varies: "among experiments" | "from their baseline" | "not";
}
