/** Files that stand for arguments. */
import { SweeplineError, systemErrorCode } from "../../base/errors.ts";
import { readInputIfExists } from "../../base/files.ts";
import { readOverridesFile } from "../../sweep/overrides-file.ts";

function readInput(name: string): Buffer | undefined {
  try {
    return readInputIfExists(name);
  } catch (error) {
    if (systemErrorCode(error) !== "EISDIR") throw error;
    throw new SweeplineError({ code: "FILE_MISSING", message: `'${name}' is a folder`, cause: error });
  }
}

/** The text of a file that the command line names. Throws FILE_MISSING. */
export function readNamedFile(name: string): string {
  const bytes = readInput(name);
  if (bytes === undefined) throw new SweeplineError({ code: "FILE_MISSING", message: `'${name}' does not exist` });
  return bytes.toString();
}

/** Overrides with `@file` replaced by the lines of the file. */
export function withOverrideFiles(args: readonly string[]): readonly string[] {
  return args.flatMap((arg) =>
    arg.startsWith("@") && !arg.includes("=") ? readOverridesFile(readNamedFile(arg.slice(1))) : [arg],
  );
}
