/** Paths of a pipeline. Keys of indexes are root-relative with "/"; what lies outside the project keeps its absolute path. */

import path from "node:path";
import { insideFolder } from "../base/paths.ts";

/** Whether a path names something that is not a local file: `s3://bucket/x`, `remote://name/x`. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** Whether it is a file of a web server, which can be asked whether it has changed. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** The key of a file in indexes and graphs. */
export function pathKey(root: string, absolute: string): string {
  return insideFolder(root, absolute) ?? absolute;
}

/** Whether a path is that of a dvc.yaml or of a .dvc file, by its name alone (dvc/dvcfile.py: is_valid_filename). */
export function isPipelineFile(file: string): boolean {
  return file.endsWith(".dvc") || path.posix.basename(file) === "dvc.yaml";
}

/** The lock file of a dvc.yaml, beside it. */
export function lockFileOf(pipelineFile: string): string {
  return pipelineFile.replace(/\.ya?ml$/, ".lock");
}

/** How messages name a file: relative to the command's folder; a path outside the project stays absolute, as DVC prints it. */
export function displayPath(root: string, folder: string, absolute: string): string {
  return insideFolder(root, absolute) === undefined ? absolute : path.relative(folder, absolute);
}
