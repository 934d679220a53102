import { SweeplineError, systemErrorCode } from "../base/errors.ts";

/** Throws BAD_FOLDER where somebody removed it meanwhile. */
export function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    const hint = 'Change to one that does: cd "$PWD" where it was made again.';
    throw new SweeplineError({ code: "BAD_FOLDER", message: "the working folder does not exist any more", hint });
  }
}
