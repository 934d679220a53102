import path from "node:path";
import { readIfExists } from "../base/files.ts";
import { openRepository } from "./repository.ts";

/** Index extensions with which the entries are not all in the file as plain paths: split index, sparse index. */
const extensionsThatHide = ["link", "sdir"];

/**
 * Whether Git may track a path (a file, or a folder with tracked files), by a look into the index without starting git.
 * "no" is certain; "maybe" means that git has to be asked.
 * @param inside the path from the top of the work tree, "/" between the parts
 */
export function mayBeTracked(workTree: string, inside: string): "no" | "maybe" {
  const index = readIfExists(path.join(openRepository(workTree).gitDir, "index"));
  if (index === undefined) return "no";
  const version = index.length < 12 ? 0 : index.readUInt32BE(4);
  // Version 4 shortens paths by what they share with the one before.
  if (version !== 2 && version !== 3) return "maybe";
  if (extensionsThatHide.some((name) => index.includes(name))) return "maybe";
  return index.includes(`${inside}\0`) || index.includes(`${inside}/`) ? "maybe" : "no";
}
