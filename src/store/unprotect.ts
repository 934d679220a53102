/** Data of the workspace that may be written to: links into the cache become copies. */
import { copyFileFresh, lstatIfExists, rename, setMode, statSync, withAside } from "../base/files.ts";
import type { Cache } from "./cache.ts";
import { isDangling, listAllFiles } from "./walk.ts";

function unprotectFile(file: string): void {
  const own = lstatIfExists(file);
  if (own === undefined || (!own.isSymbolicLink() && own.nlink < 2 && (own.mode & 0o200) !== 0)) return;
  withAside(file, (aside) => {
    copyFileFresh(file, aside);
    setMode(aside, (statSync(file).mode & 0o777) | 0o644);
    rename(aside, file);
  });
}

/** Of a file, or of all files of a folder; a link that leads nowhere stays. A path where nothing lies is no error. */
export function unprotectData(cache: Cache, target: string): void {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const files = stats.isDirectory() ? listAllFiles(target, cache.rules).map(({ file }) => file) : [target];
  for (const file of files) if (!isDangling(file)) unprotectFile(file);
}
