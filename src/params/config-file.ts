/** Files of a config tree: YAML as OmegaConf reads it, with the place of each value. */
import { withinStack } from "./data-file.ts";
import type { LocatedNode } from "./text/located.ts";
import type { DataFile } from "./text/source-text.ts";
import { decodeFile, type SourceText } from "./text/source-text.ts";
import { parseYaml } from "./yaml/parse.ts";
import { yaml11 } from "./yaml/yaml11.ts";

export interface LocatedFile {
  readonly source: SourceText;
  /** undefined where the file holds no value at all. */
  readonly root: LocatedNode | undefined;
}

/** Reads a config file. Throws SweeplineError with file, line and column: invalid UTF-8, duplicate keys, explosive aliases... */
export function readComposedFile(file: DataFile): LocatedFile {
  const source = decodeFile(file);
  return { source, root: withinStack(source, () => parseYaml(source, yaml11).root) };
}

export type { SourceText };
