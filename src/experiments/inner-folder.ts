import path from "node:path";

/** Whether a value read from outside names a folder that is not above the one it starts from. */
export function isInnerFolder(folder: unknown): folder is string {
  if (folder === "") return true;
  if (typeof folder !== "string" || folder.includes("\0")) return false;
  const normal = path.posix.normalize(folder.split(path.sep).join("/"));
  return !path.posix.isAbsolute(normal) && normal !== ".." && !normal.startsWith("../");
}
