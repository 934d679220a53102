/** Parameters and metrics of one revision: which files, which keys of them, and what counts as a metric. */
import { SweeplineError } from "../../base/errors.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { dataReader, shownReader } from "../../params/data-file.ts";
import { isKeyPattern, paramsMatching } from "../../params/select.ts";
import type { FileAnswer, SourceFile } from "../../pipeline/reading/file-source.ts";
import { type DataValues, ParserNeeded } from "../../pipeline/reading/tracked-values.ts";
import { type ReadText, readSimilar } from "../../yaml/similar.ts";
import type { FileResult } from "./types.ts";

/** The names that DVC's readers know these failures by. */
const dvcNames: Readonly<Record<string, string>> = {
  ".json": "JSONFileCorruptedError",
  ".toml": "TOMLFileCorruptedError",
  ".py": "PythonFileCorruptedError",
};

function suffixOf(file: string): string {
  return /\.[^./]+$/.exec(file)?.[0].toLowerCase() ?? "";
}

export function missingFile(file: string): FileResult {
  return { kind: "error", type: "FileNotFoundError", message: `'${file}' does not exist` };
}

/** What counts as a metric: numbers and texts, and mappings that hold some (DVC 3.67.1, repo/metrics/show.py). */
function metricsIn(value: Value): Value | undefined {
  if (value === null || isList(value)) return undefined;
  if (!isMap(value)) return value;
  const kept = new Map<Scalar, Value>();
  for (const [key, item] of value) {
    const metric = metricsIn(item);
    if (metric !== undefined && !(isMap(metric) && metric.size === 0)) kept.set(key, metric);
  }
  return kept;
}

/** Adds the value at a dotted key to a nested mapping. A list on the way is taken whole. */
function addSelected(from: Value, parts: readonly string[], into: Map<Scalar, Value>): void {
  const [part = "", ...rest] = parts;
  if (!isMap(from)) return;
  const key = from.has(part) ? part : /^\d+$/.test(part) && from.has(BigInt(part)) ? BigInt(part) : undefined;
  if (key === undefined) return;
  const value = from.get(key) ?? null;
  if (rest.length === 0 || isList(value)) {
    into.set(key, value);
    return;
  }
  const known = into.get(key);
  const inner = new Map(isMap(known) ? known : []);
  addSelected(value, rest, inner);
  if (inner.size > 0) into.set(key, inner);
}

/** Only the tracked keys, nested as in the file, in the order in which they are tracked. */
function selectKeys(value: Value, keys: readonly string[]): ValueMap {
  const selected = new Map<Scalar, Value>();
  for (const key of keys) {
    if (isMap(value) && value.has(key)) selected.set(key, value.get(key) ?? null);
    else if (isKeyPattern(value, key))
      for (const { path } of paramsMatching(value, key)) addSelected(value, path.map(String), selected);
    else addSelected(value, key.split("."), selected);
  }
  return selected;
}

type Read = (file: { readonly path: string; readonly bytes: Uint8Array }) => Value;

/** Reads data files, each content once; what was read for one experiment is the very same object for the next. */
export class DataFiles implements DataValues {
  private readonly results = new Map<string, FileResult>();
  /** The first key of each result; made when somebody asks, for as many results as there were then. */
  private keys: ReadonlyMap<FileResult, string> = new Map();
  private keyedResults = 0;

  /** The last text of each YAML file: the next one mostly differs in a value. */
  private readonly lastYaml = new Map<string, ReadText>();
  private readonly words = new Map<string, Value>();

  /** By suffix, of the formats that have occurred; what has no other one is YAML. */
  private readonly readers = new Map<string, Read>();

  private constructor(private readonly readYaml: Read) {}

  static async open(): Promise<DataFiles> {
    return new DataFiles(await dataReader("x.yaml"));
  }

  private parseYaml(path: string, bytes: Uint8Array): Value {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
    const before = this.lastYaml.get(path);
    const similar = before && readSimilar(text, before, (word) => this.plainWord(word));
    const value = similar ?? this.readYaml({ path, bytes });
    this.lastYaml.set(path, { text, value });
    return value;
  }

  /** What YAML makes of a plain word: a number, a truth value, a text. */
  private plainWord(word: string): Value {
    if (/^-?(?:0|[1-9]\d*)$/.test(word)) return BigInt(word);
    if (/^-?(?:0|[1-9]\d*)\.\d+$/.test(word)) return Number(word);
    const known = this.words.get(word);
    if (known !== undefined) return known;
    const document = this.readYaml({ path: "word.yaml", bytes: Buffer.from(`word: ${word}\n`) });
    const value = (isMap(document) ? document.get("word") : undefined) ?? null;
    this.words.set(word, value);
    return value;
  }

  async prepare(names: Iterable<string>): Promise<void> {
    for (const suffix of new Set([...names].map(suffixOf)))
      if (suffix in dvcNames && !this.readers.has(suffix)) this.readers.set(suffix, await shownReader(`x${suffix}`));
  }

  /** For templates: the values of a file, undefined where there is none. Errors: TEMPLATE_FILE_INVALID. Throws NotLoaded. */
  read(name: string, answer: FileAnswer): Value | undefined {
    if (answer.kind !== "file") return undefined;
    const result = this.whole(name, answer);
    if (result.kind === "error") throw new SweeplineError({ code: "TEMPLATE_FILE_INVALID", message: result.message });
    return result.data;
  }

  /** The whole file. Throws NotLoaded, as all that read do. */
  whole(path: string, file: SourceFile): FileResult {
    return this.once(`${path}\n${file.id}`, () => this.parse(path, file));
  }

  /** The tracked keys of a parameters file; null: all. */
  params(path: string, file: SourceFile, keys: readonly string[] | null): FileResult {
    const whole = this.whole(path, file);
    if (keys === null || whole.kind === "error") return whole;
    return this.once(`${path}\n${file.id}\n${keys.join("\n")}`, () => ({
      kind: "data",
      data: selectKeys(whole.data, keys),
    }));
  }

  /** The metrics of a metrics file. */
  metrics(path: string, file: SourceFile): FileResult {
    return this.once(`metrics\n${path}\n${file.id}`, () => {
      const whole = this.whole(path, file);
      return whole.kind === "error" ? whole : { kind: "data", data: metricsIn(whole.data) || new Map() };
    });
  }

  /** What identifies a result's content; undefined for results that were not read here. */
  keyOf(result: FileResult): string | undefined {
    if (this.keyedResults < this.results.size) {
      // From the last to the first, so that the first is what stays.
      this.keys = new Map([...this.results].reverse().map(([key, known]) => [known, key]));
      this.keyedResults = this.results.size;
    }
    return this.keys.get(result);
  }

  /** The result that is known by this key, or this one from now on. */
  share(key: string, result: FileResult): FileResult {
    return this.once(key, () => result);
  }

  private once(key: string, make: () => FileResult): FileResult {
    const known = this.results.get(key);
    if (known !== undefined) return known;
    const result = make();
    this.results.set(key, result);
    return result;
  }

  private parse(path: string, file: SourceFile): FileResult {
    const suffix = suffixOf(path);
    const read = this.readers.get(suffix);
    if (read === undefined && suffix in dvcNames) throw new ParserNeeded(suffix, () => this.prepare([path]));
    try {
      const { bytes } = file;
      return { kind: "data", data: read === undefined ? this.parseYaml(path, bytes) : read({ path, bytes }) };
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      return { kind: "error", type: dvcNames[suffix] ?? "YAMLFileCorruptedError", message: error.message };
    }
  }
}
