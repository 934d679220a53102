/** The parameter files of a project that is read or runs, by absolute path. */
import type { Value } from "../../base/value.ts";
import { pathKey } from "../paths.ts";
import type { FileSource } from "./file-source.ts";
import type { Readings } from "./readings.ts";

export interface ParamsReader {
  /** Loads the parsers for files of these names; `read` works for such files only. */
  prepare(names: Iterable<string>): Promise<void>;
  /** The values of a file, the same object as long as its content is the same; undefined where there is none. */
  read(file: string): Value | undefined;
  /** Whether values are laid over the file, which counts as there. */
  isReplaced(file: string): boolean;
}

export function paramsReader(root: string, source: FileSource, { values }: Readings): ParamsReader {
  const find = (file: string) => source.find(pathKey(root, file));
  return {
    prepare: (names) => values.prepare(names),
    read: (file) => values.read(pathKey(root, file), find(file)),
    isReplaced(file) {
      const answer = find(file);
      return answer.kind === "file" && answer.value !== undefined;
    },
  };
}
