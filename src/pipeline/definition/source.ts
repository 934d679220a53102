/** dvc.yaml as checked data: parsed once for each text, every mistake of a file reported at once with its line. */
import { SweeplineError } from "../../base/errors.ts";
import { isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { type LocatedNode, plainValue } from "../../params/text/located.ts";
import { decodeFile, lineOf } from "../../params/text/source-text.ts";
import { parseYaml } from "../../params/yaml/parse.ts";
import { scanYaml } from "../../yaml/scan.ts";
import { type SchemaProblem, type ValuePath, valueWords } from "./check.ts";
import { pipelineFile } from "./schema.ts";

/** The file's data after the check, before templates are resolved. */
export interface PipelineSource {
  readonly file: string;
  readonly text: string;
  readonly data: ValueMap;
}

interface FoundOffset {
  readonly offset: number;
  /** How much of the path exists. */
  readonly depth: number;
}

/** The node at a path, or the deepest one on the way that exists; of an entry the place of its key. */
function findOffset(root: LocatedNode | undefined, path: ValuePath): FoundOffset {
  let node = root;
  let offset = root?.start ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (node?.kind === "map") {
      const entry = node.entries.find((each) => each.key === segment);
      if (entry === undefined) return { offset, depth };
      offset = entry.start;
      node = entry.node;
    } else if (node?.kind === "list" && typeof segment === "bigint") {
      node = node.items[Number(segment)];
      if (node === undefined) return { offset, depth };
      offset = node.start;
    } else return { offset, depth };
  }
  return { offset, depth: path.length };
}

function keyText(path: ValuePath): string {
  return path.reduce<string>(
    (text, segment) =>
      typeof segment === "bigint"
        ? `${text}[${segment}]`
        : text === ""
          ? String(segment)
          : `${text}.${String(segment)}`,
    "",
  );
}

/** The 1-based line of a key in a pipeline file, or of what holds it, and how much of its path exists. */
export type KeyFinder = (path: readonly Scalar[]) => { readonly line: number; readonly depth: number };

/** Finds keys for messages. */
export function keyFinder({ file, text }: Pick<PipelineSource, "file" | "text">): KeyFinder {
  const { root } = parseYaml({ path: file, text });
  return (path) => {
    const { offset, depth } = findOffset(root, path);
    return { line: lineOf(text, offset), depth };
  };
}

function invalid(source: Omit<PipelineSource, "data">, problems: readonly SchemaProblem[]): SweeplineError {
  const { root } = parseYaml({ path: source.file, text: source.text });
  const lines = problems
    .map((problem) => ({ offset: findOffset(root, problem.path).offset, problem }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, problem }) => {
      const key = keyText(problem.path);
      const where = `${source.file}:${lineOf(source.text, offset)}`;
      return `  ${where}: ${key === "" ? "" : `${key}: `}${problem.message}`;
    });
  const count = problems.length === 1 ? "1 error" : `${problems.length} errors`;
  return new SweeplineError({
    code: "PIPELINE_FILE_INVALID",
    message: `'${source.file}' validation failed: ${count}.\n${lines.join("\n")}`,
  });
}

/** The quick reader knows the plain style that most files have, and leaves the rest to the whole parser. */
function readValue(file: string, text: string): Value {
  const scanned = scanYaml(text);
  if (scanned !== undefined) return scanned;
  const { root } = parseYaml({ path: file, text });
  return root === undefined ? new Map() : plainValue(root);
}

/** Further problems of data that the check refused, so that all are told at once. */
type FurtherProblems = (source: PipelineSource) => readonly SchemaProblem[];

function parse(file: string, text: string, further: FurtherProblems): ValueMap {
  const value = readValue(file, text);
  const problems: SchemaProblem[] = [];
  if (value === null) return new Map();
  if (!isMap(value)) problems.push({ path: [], message: `expected a mapping, found ${valueWords(value)}` });
  else pipelineFile(value, [], (problem) => problems.push(problem));
  if (!isMap(value)) throw invalid({ file, text }, problems);
  if (problems.length > 0) throw invalid({ file, text }, [...problems, ...further({ file, text, data: value })]);
  return value;
}

export interface FileContent {
  /** Same id, same bytes; undefined: nothing is kept. */
  readonly id: string | undefined;
  readonly bytes: Uint8Array;
}

/** Where the data of files is kept: the copies of a workspace mostly hold the same dvc.yaml. */
export interface KeptSources {
  of(place: string, id: string | undefined, make: () => ValueMap): ValueMap;
}

export interface SourceReading {
  readonly sources?: KeptSources;
  /** Told with the mistakes of data that the check refused. */
  readonly problems?: FurtherProblems;
}

const keepNothing: KeptSources = { of: (_place, _id, make) => make() };

/** Reads the bytes of a dvc.yaml. Errors: PIPELINE_FILE_INVALID with all mistakes, those of the YAML reader. */
export function readPipelineSource(
  file: string,
  { id, bytes }: FileContent,
  { sources = keepNothing, problems = () => [] }: SourceReading = {},
): PipelineSource {
  const { text } = decodeFile({ path: file, bytes });
  return { file, text, data: sources.of(file, id, () => parse(file, text, problems)) };
}
