/** Paths of a pipeline. Keys of indexes are root-relative with "/"; what lies outside the project keeps its absolute path. */

import path from "node:path";
import { unlessSystemFails } from "../base/errors.ts";
import { lstatIfExists, realpathSync } from "../base/files.ts";
import { insideFolder } from "../base/paths.ts";

/** Whether a path names something that is not a local file: `s3://bucket/x`, `remote://name/x`. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** The key of a file in indexes and graphs. */
export function pathKey(root: string, absolute: string): string {
  return insideFolder(root, absolute) ?? absolute;
}

/** How messages name a file: relative to the command's folder; a path outside the project stays absolute, as DVC prints it. */
export function displayPath(root: string, folder: string, absolute: string): string {
  return insideFolder(root, absolute) === undefined ? absolute : path.relative(folder, absolute);
}

/** The real path of the deepest part that exists, with the rest added: where a write to that path would end up. */
export function realTarget(absolute: string): string {
  let existing = absolute;
  const rest: string[] = [];
  while (lstatIfExists(existing) === undefined && path.dirname(existing) !== existing) {
    rest.unshift(path.basename(existing));
    existing = path.dirname(existing);
  }
  return path.join(realPathOrSelf(existing), ...rest);
}

function realPathOrSelf(file: string): string {
  return unlessSystemFails(file, () => realpathSync(file));
}

/**
 * Whether a path (relative to the project) lies in a folder of Git's or DVC's own, or is one; in any case, since there are
 * file systems where `.GIT` is the same folder.
 */
export function isInternal(inside: string): boolean {
  return inside.split(path.sep).some((segment) => /^\.(git|dvc)$/i.test(segment));
}
