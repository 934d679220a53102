import path from "node:path";
import { posixPath } from "../base/paths.ts";

/** Whether a value read from outside names a folder that is not above the one it starts from. */
export function isInnerFolder(folder: unknown): folder is string {
  if (folder === "") return true;
  if (typeof folder !== "string" || folder.includes("\0")) return false;
  const normal = path.posix.normalize(posixPath(folder));
  return !path.posix.isAbsolute(normal) && normal !== ".." && !normal.startsWith("../");
}
