/** Files that stand for overrides: `@sweep.txt`. */
import { namedFile, readNamedFile } from "../base/named-file.ts";

/** The overrides in a text: one a line as typed, blank lines and lines that start with # left out. */
export function readOverridesFile(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * Overrides with `@file` replaced by the lines of the file. Throws FILE_MISSING.
 * @param folder where the names of files start
 */
export function withOverrideFiles(args: readonly string[], folder: string): readonly string[] {
  return args.flatMap((arg) =>
    arg.startsWith("@") && !arg.includes("=")
      ? readOverridesFile(readNamedFile(namedFile(folder, arg.slice(1))))
      : [arg],
  );
}
