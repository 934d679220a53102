import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import { checkPlace } from "../../project/gate.ts";
import type { Cache } from "../../store/cache.ts";
import { unprotectData } from "../../store/unprotect.ts";

/** Paths absolute; all are looked at before the first is changed. Errors: OUTPUT_MISSING, OUTSIDE_PROJECT. */
export function unprotectPaths(cache: Cache, paths: readonly string[], folder: string): void {
  for (const each of paths) {
    const shown = path.relative(folder, each);
    if (!existsSync(each))
      throw new SweeplineError({ code: "OUTPUT_MISSING", message: `can't unprotect non-existing data '${shown}'` });
    checkPlace(cache.root, each);
  }
  for (const each of paths) unprotectData(cache, each);
}
