/** Looking for a folder from here upwards. Light to load: every command looks. */
import path from "node:path";
import { realpathSync, statSync } from "../base/files.ts";

export function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The folder itself or the nearest one above for which `matches` holds; it stops at a mount point, as DVC does. */
export function findUpwards(
  start: string,
  matches: (folder: string) => boolean,
): string | { readonly stoppedAt: string } {
  let folder = start;
  for (;;) {
    if (matches(folder)) return folder;
    const parent = path.dirname(folder);
    if (parent === folder || statSync(parent).dev !== statSync(folder).dev) return { stoppedAt: folder };
    folder = parent;
  }
}

/** The .dvc folder above `cwd`, or null: for commands that work without a project (`config --global`). */
export function findDvcDir(cwd: string): string | null {
  const found = findUpwards(realpathSync(cwd), (folder) => isFolder(path.join(folder, ".dvc")));
  return typeof found === "string" ? path.join(found, ".dvc") : null;
}
