/** Parameter files, parsed once for each content. */
import path from "node:path";
import { SweeplineError, systemErrorCode } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import type { Value } from "../../base/value.ts";
import { dataReader } from "../../params/data-file.ts";
import type { DataFile } from "../../params/text/source-text.ts";
import { pathKey } from "../paths.ts";

export interface ParamsReader {
  /** Loads the parsers for files of these names; `read` works for such files only. */
  prepare(names: Iterable<string>): Promise<void>;
  /** The values of a file (absolute path), the same object as long as its content is the same; undefined where there is none. */
  read(file: string): Value | undefined;
  /** Whether the file (absolute path) counts as there, with values that `read` was told. */
  isReplaced(file: string): boolean;
}

/** Not a failure: `prepare` must be called with this file first. Parsers are loaded only for the formats that occur. */
export class ParserNeeded extends Error {
  constructor(readonly file: string) {
    super(`no parser was loaded for ${file}`);
  }
}

interface KnownContent {
  readonly bytes: Buffer;
  readonly value: Value;
}

const known = new Map<string, KnownContent>();
const knownLimit = 256;

const readers = new Map<string, (file: DataFile) => Value>();

function suffixOf(name: string): string {
  return path.extname(name).toLowerCase();
}

async function prepare(names: Iterable<string>): Promise<void> {
  for (const suffix of new Set([...names].map(suffixOf)))
    if (!readers.has(suffix)) readers.set(suffix, await dataReader(`file${suffix}`));
}

function readFileBytes(root: string, file: string): Buffer | undefined {
  try {
    return readIfExists(file);
  } catch (error) {
    if (systemErrorCode(error) !== "EISDIR") throw error;
    throw new SweeplineError({
      code: "PARAMS_IS_FOLDER",
      message: `'${pathKey(root, file)}' is a directory, expected a parameters file`,
    });
  }
}

function readContent(root: string, file: string): Value | undefined {
  const bytes = readFileBytes(root, file);
  if (bytes === undefined) return undefined;
  const before = known.get(file);
  if (before?.bytes.equals(bytes)) return before.value;
  const reader = readers.get(suffixOf(file));
  if (reader === undefined) throw new ParserNeeded(file);
  const value = reader({ path: pathKey(root, file), bytes });
  if (known.size >= knownLimit) known.clear();
  known.set(file, { bytes, value });
  return value;
}

/** @param replaced what files (by absolute path) count as holding, whatever is on the disk */
export function paramsReader(root: string, replaced: ReadonlyMap<string, Value> = new Map()): ParamsReader {
  return {
    prepare,
    read: (file) => replaced.get(file) ?? readContent(root, file),
    isReplaced: (file) => replaced.has(file),
  };
}
