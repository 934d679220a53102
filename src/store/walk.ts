/** The files below a folder, as DVC sees them: links to files are files, links to folders are passed over. */
import path from "node:path";
import { isAsideName } from "../base/asides.ts";
import { SweeplineError } from "../base/errors.ts";
import { type Dirent, readdirSync, statSync } from "../base/files.ts";
import type { IgnoreRules } from "../project/ignore-rules.ts";

export interface FoundFile {
  /** Relative to the folder that was walked, "/" as separator. */
  readonly relpath: string;
  readonly file: string;
}

interface Walk {
  readonly rules: IgnoreRules;
  readonly found: FoundFile[];
}

function isLinkToFile(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new SweeplineError({ code: "BROKEN_LINK", message: `'${file}' is a link to nothing`, hint: "Remove it." });
  return stats.isFile();
}

function isData(entry: Dirent, file: string): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && isLinkToFile(file));
}

function visit(walk: Walk, folder: string, prefix: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    // What a killed process left of ours is no data.
    if (isAsideName(entry.name)) continue;
    const file = path.join(folder, entry.name);
    const relpath = prefix + entry.name;
    if (entry.isDirectory()) {
      if (!walk.rules.ignoresFolder(file)) visit(walk, file, `${relpath}/`);
    } else if (!walk.rules.ignoresFile(file) && isData(entry, file)) {
      if (entry.name === ".dvcignore")
        throw new SweeplineError({
          code: "IGNORE_FILE_IN_DATA",
          message: `.dvcignore file should not be in collected dir path: '${folder}'`,
        });
      walk.found.push({ relpath, file });
    }
  }
}

/** All files of a folder that .dvcignore does not exclude, in no order; without temporary files of ours. */
export function listFiles(folder: string, rules: IgnoreRules): FoundFile[] {
  const walk: Walk = { rules, found: [] };
  visit(walk, folder, "");
  return walk.found;
}
