/** Files of `git bundle`. */
import { SweeplineError } from "../../base/errors.ts";
import { closeSync, lstatIfExists, readSync } from "../../base/files.ts";
import { openRead } from "../../base/open-files.ts";

const headers = ["# v2 git bundle\n", "# v3 git bundle\n"];

/**
 * Refuses what Git would not read as a bundle: it follows a file or folder of that name to any repository of this
 * machine. Throws BUNDLE_INVALID.
 */
export function checkBundle(file: string): void {
  if (lstatIfExists(file)?.isFile() === true && headers.includes(firstBytes(file, headers[0]?.length ?? 0))) return;
  throw new SweeplineError({ code: "BUNDLE_INVALID", message: "it is no Git bundle" });
}

function firstBytes(file: string, count: number): string {
  const handle = openRead(file);
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(handle, bytes, 0, count, 0)).toString("latin1");
  } finally {
    closeSync(handle);
  }
}
