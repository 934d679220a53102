import { visible } from "../../base/text/visible.ts";
import { cutToWidth } from "../width.ts";
import type { ViewColumn } from "./view-column.ts";

/** Says which columns did not fit; undefined where all did. */
export function hiddenLine(hidden: readonly ViewColumn[], width: number): string | undefined {
  if (hidden.length === 0) return undefined;
  const count = hidden.length === 1 ? "1 column more" : `${hidden.length} columns more`;
  return cutToWidth(`${count} (--columns NAMES): ${hidden.map(({ short }) => visible(short)).join(", ")}`, width);
}
