/** The values of parameter files as stages track them. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { NotLoaded } from "../../base/not-loaded.ts";
import type { Value } from "../../base/value.ts";
import { dataReader } from "../../params/data-file.ts";
import type { DataFile } from "../../params/text/source-text.ts";
import type { FileAnswer } from "./file-source.ts";
import { Kept, type Remembering } from "./kept.ts";

/** The values of data files. */
export interface DataValues {
  /** Loads the parsers for files of these names. */
  prepare(names: Iterable<string>): Promise<void>;
  /** The values of a file of that name; undefined where it is missing. Errors: those of the reader; NotLoaded. */
  read(name: string, answer: FileAnswer): Value | undefined;
}

/** PARAMS_IS_FOLDER */
export function folderInPlace(name: string): SweeplineError {
  return new SweeplineError({
    code: "PARAMS_IS_FOLDER",
    message: `'${name}' is a directory, expected a parameters file`,
  });
}

/** A parser is loaded where a file of its format occurs. */
export class ParserNeeded extends NotLoaded {
  constructor(
    suffix: string,
    readonly load: () => Promise<void>,
  ) {
    super(`the parser of '${suffix}' files`);
  }
}

/** Each content is parsed once. Parsers are loaded only for the formats that occur. */
export class TrackedValues implements DataValues {
  private readonly readers = new Map<string, (file: DataFile) => Value>();
  private readonly kept: Kept<Value>;

  constructor(remember: Remembering) {
    this.kept = new Kept(remember);
  }

  async prepare(names: Iterable<string>): Promise<void> {
    for (const suffix of new Set([...names].map(suffixOf)))
      if (!this.readers.has(suffix)) this.readers.set(suffix, await dataReader(`file${suffix}`));
  }

  read(name: string, answer: FileAnswer): Value | undefined {
    if (answer.kind === "missing") return undefined;
    if (answer.kind === "folder") throw folderInPlace(name);
    if (answer.value !== undefined) return answer.value;
    const reader = this.readers.get(suffixOf(name));
    if (reader === undefined) throw new ParserNeeded(suffixOf(name), () => this.prepare([name]));
    return this.kept.of(name, answer.id, () => reader({ path: name, bytes: answer.bytes }));
  }
}

function suffixOf(name: string): string {
  return path.extname(name).toLowerCase();
}
