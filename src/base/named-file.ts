/** Files that a command line names: found from the working folder, and called in messages as they were typed. */
import path from "node:path";
import { errnoWords } from "./errno.ts";
import { SweeplineError, systemErrorCode } from "./errors.ts";
import { readInputIfExists } from "./files.ts";

export interface NamedFile {
  /** As it was typed. */
  readonly shown: string;
  /** Absolute; "" where nothing was typed. */
  readonly path: string;
}

/** @param folder the working folder; the name is taken as the system would take it there, its links before its `..` */
export function namedFile(folder: string, shown: string): NamedFile {
  const isWhole = shown === "" || path.isAbsolute(shown);
  return { shown, path: isWhole ? shown : `${folder}${path.sep}${shown}` };
}

/** Does something to a named file. Throws FILE_REFUSED where the path can't be used. */
export function withNamedFile<T>(file: NamedFile, work: (path: string) => T): T {
  try {
    return work(file.path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new SweeplineError({
      code: "FILE_REFUSED",
      message: `'${file.shown}' can't be used: ${errnoWords[code] ?? code}`,
      cause: error,
    });
  }
}

/** Its text. Throws FILE_MISSING. */
export function readNamedFile(file: NamedFile): string {
  const bytes = readInput(file);
  if (bytes === undefined)
    throw new SweeplineError({ code: "FILE_MISSING", message: `'${file.shown}' does not exist` });
  return bytes.toString();
}

function readInput({ path: name, shown }: NamedFile): Buffer | undefined {
  try {
    return readInputIfExists(name);
  } catch (error) {
    if (systemErrorCode(error) !== "EISDIR") throw error;
    throw new SweeplineError({ code: "FILE_MISSING", message: `'${shown}' is a folder`, cause: error });
  }
}
