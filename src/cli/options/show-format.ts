/** `--json`, `--csv`, `--md`: how a table is printed. */
import type { ShowFormat } from "../../report/exp-show.ts";

export interface FormatFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly md?: boolean;
}

export function askedFormat({ json, csv, md }: FormatFlags): ShowFormat {
  if (json) return "json";
  if (csv) return "csv";
  return md ? "markdown" : "table";
}
