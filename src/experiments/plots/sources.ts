/** What the files of plots hold: rows, other data, pictures. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { isMap, type Scalar, type Value } from "../../base/value.ts";
import { readDataFile } from "../../params/data-file.ts";
import type { SourceFile } from "../../pipeline/reading/file-source.ts";
import { readCsv } from "../../sweep/csv.ts";
import type { PlotDefinition, PlotSource } from "./types.ts";

const pictures = new Set([".jpg", ".jpeg", ".gif", ".png", ".svg"]);
const formats = new Set([".json", ".yml", ".yaml", ".toml", ".py"]);
const separators = new Map([
  [".csv", ","],
  [".tsv", "\t"],
] as const);

/** Whether a file of this name is shown as it is. */
export function isPicture(name: string): boolean {
  return pictures.has(path.posix.extname(name));
}

/** The files that a plot is drawn from: those of `y`, of `x`, or the one that it is named after. */
export function filesOfPlot({ id, props }: Pick<PlotDefinition, "id" | "props">): readonly string[] {
  const [x, y] = [props.get("x"), props.get("y")];
  const files = isMap(y) ? [...y.keys()].map(String) : [id];
  const [first] = isMap(x) ? x.keys() : [];
  return [...new Set(first === undefined ? files : [...files, String(first)])];
}

/** Rows by column, all texts, as Python's csv.DictReader has them; without a header columns are numbered. */
function rowsOf(text: string, name: string, { separator, header }: { separator: "," | "\t"; header: boolean }): Value {
  const rows = readCsv(text, name, separator).map(({ cells }) => cells);
  const columns = header ? (rows[0] ?? []) : (rows[0] ?? []).map((_, at) => String(at));
  return rows
    .slice(header ? 1 : 0)
    .map((cells) => new Map<Scalar, Value>(columns.map((column, at) => [column, cells[at] ?? null])));
}

const broken: Readonly<Record<string, string>> = {
  ".json": "JSONFileCorruptedError",
  ".toml": "TOMLFileCorruptedError",
  ".py": "PythonFileCorruptedError",
  ".yaml": "YAMLFileCorruptedError",
  ".yml": "YAMLFileCorruptedError",
};

/** @param header false: the first line of a table is data too */
export async function readPlotFile(
  name: string,
  { bytes }: Pick<SourceFile, "bytes">,
  { header }: { readonly header: boolean },
): Promise<PlotSource> {
  const suffix = path.posix.extname(name);
  if (isPicture(name)) return { kind: "image", bytes };
  const separator = separators.get(suffix as ".csv" | ".tsv");
  if (separator === undefined && !formats.has(suffix))
    return {
      kind: "error",
      type: "PlotMetricTypeError",
      message: `'${name}' - file type error\nOnly JSON, YAML, CSV and TSV formats are supported.`,
    };
  try {
    const text = () => Buffer.from(bytes).toString("utf8");
    const data = separator ? rowsOf(text(), name, { separator, header }) : await readDataFile({ path: name, bytes });
    return { kind: "data", data };
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    return { kind: "error", type: broken[suffix] ?? error.code, message: error.message };
  }
}
