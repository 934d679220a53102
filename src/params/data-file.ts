/** Parameter and metric files, read and opened for editing; the suffix names the format, as in DVC. */
import type { Value } from "../base/value.ts";
import { editable } from "./param-file.ts";
import type { Format } from "./text/format.ts";
import type { DataFile } from "./text/source-text.ts";
import { decodeFile, problemAt, type SourceText } from "./text/source-text.ts";
import type { ParamFile } from "./types.ts";

type FormatName = "yaml" | "json" | "toml" | "python";

/** As DVC: any suffix but these, or none, means YAML. */
function formatOf(path: string): FormatName {
  const suffix = /\.[^./\\]+$/.exec(path)?.[0].toLowerCase();
  if (suffix === ".json") return "json";
  if (suffix === ".toml") return "toml";
  return suffix === ".py" ? "python" : "yaml";
}

// One import a format, so that a command loads only the parsers of the files it meets.
const loaders: Readonly<Record<FormatName, () => Promise<Format>>> = {
  yaml: async () => (await import("./yaml/format.ts")).yamlFormat,
  json: async () => (await import("./json/format.ts")).jsonFormat,
  toml: async () => (await import("./toml/format.ts")).tomlFormat,
  python: async () => (await import("./python/format.ts")).pythonFormat,
};

/**
 * The values of a parameter or metric file: mappings as Maps, integers as bigint, floats as number. An empty file is an
 * empty Map, as in DVC. Throws SweeplineError with file, line and column where the content is not valid.
 */
export async function readDataFile(file: DataFile): Promise<Value> {
  return (await dataReader(file.path))(file);
}

/** The reader for files of this path's format, for callers that read many: it returns at once. */
export async function dataReader(path: string): Promise<(file: DataFile) => Value> {
  const format = await loaders[formatOf(path)]();
  return (file) => readWith(file, (source) => format.read(source));
}

/** The same for tables and diffs: with the values of Python that are text there and that no stage can track. */
export async function shownReader(path: string): Promise<(file: DataFile) => Value> {
  const format = await loaders[formatOf(path)]();
  return (file) => readWith(file, (source) => (format.show ?? format.read)(source));
}

function readWith(file: DataFile, read: (source: SourceText) => Value): Value {
  const source = decodeFile(file);
  return orEmpty(withinStack(source, () => read(source)));
}

/** Parsers call themselves for each level of nesting: ten thousand brackets end at the stack's end, not in a loop. */
export function withinStack<Result>(source: SourceText, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError) || !/call stack/.test(error.message)) throw error;
    throw problemAt(source, 0, { code: "PARAMS_TOO_DEEP", what: "values are nested too deep" });
  }
}

/** DVC's `load(...) or {}`: nothing, null, 0, false, "" and [] count as an empty mapping. */
function orEmpty(value: Value): Value {
  const isFalsy = !value || (Array.isArray(value) && value.length === 0);
  return isFalsy ? new Map() : value;
}

/**
 * Opens a parameter file for many edits; `bytes: undefined` stands for a file that does not exist and is made by the
 * first key that is added. Throws SweeplineError as `readDataFile`.
 */
export async function openParamFile(file: {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
  /** For refusals, where there are no bytes: see EditContext. */
  readonly above?: string | undefined;
}): Promise<ParamFile> {
  const format = await loaders[formatOf(file.path)]();
  const { path, bytes, above } = file;
  if (bytes === undefined) {
    const found = { state: "missing" as const, ...(above === undefined ? {} : { above }) };
    return editable(format, format.create(path), found);
  }
  const source = decodeFile({ path, bytes });
  return withinStack(source, () => editable(format, format.open(source), { state: "there" }));
}
