/** `cache.shared` and the same of remotes: who may write to the folders that we make (dvc_objects/fs/local.py: modes). */
import path from "node:path";
import { existsSync, makeFolder, setMode } from "../base/files.ts";

/** group: new folders get mode 2775 and new run-cache files 664, whatever the umask says, so that the group can add to them. */
export type Sharing = "own" | "group";

export function sharingOf(setting: string | undefined): Sharing {
  return setting === "group" ? "group" : "own";
}

/** Makes a folder and those above it; those that are there stay as they are. */
export function makeSharedFolder(folder: string, sharing: Sharing): void {
  if (existsSync(folder)) return;
  if (path.dirname(folder) !== folder) makeSharedFolder(path.dirname(folder), sharing);
  makeFolder(folder);
  if (sharing === "group") setMode(folder, 0o2775);
}
