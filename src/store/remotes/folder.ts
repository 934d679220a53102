/** A folder as a remote: a mounted disk, a network share. Files are written aside and renamed, read-only as DVC leaves them. */
import path from "node:path";
import { SweeplineError, systemErrorCode } from "../../base/errors.ts";
import {
  copyFileInBackground,
  readdirSync,
  readIfExists,
  removeFile,
  rename,
  setMode,
  statSync,
  withAsideLater,
} from "../../base/files.ts";
import { makeSharedFolder, type Sharing } from "../sharing.ts";
import type { StorageRemote } from "./types.ts";

/** Objects never change; runs are plain files, as DVC writes them. */
function modeOf(key: string): number {
  return key.startsWith("files/") ? 0o444 : 0o644;
}

async function upload(file: string, target: string, mode: number): Promise<void> {
  await withAsideLater(target, async (aside) => {
    await copyFileInBackground(file, aside);
    setMode(aside, mode);
    rename(aside, target);
  });
}

/** @param folder absolute; made when the first file goes there. `sharing` is that of the remote: runs there stay ours, as with DVC. */
export function folderRemote(name: string, folder: string, sharing: Sharing = "own"): StorageRemote {
  const at = (key: string) => path.join(folder, ...key.split("/"));
  return {
    name,
    place: folder,
    isThere: async () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true,
    async list(key) {
      try {
        return readdirSync(at(key));
      } catch (error) {
        if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return [];
        throw error;
      }
    },
    async sizeOf(key) {
      const stats = statSync(at(key), { throwIfNoEntry: false });
      return stats?.isFile() === true ? stats.size : undefined;
    },
    read: async (key) => readIfExists(at(key)),
    async upload(file, key) {
      makeSharedFolder(path.dirname(at(key)), key.startsWith("files/") ? sharing : "own");
      await upload(file, at(key), modeOf(key));
    },
    async download(key, file) {
      try {
        await copyFileInBackground(at(key), file);
      } catch (error) {
        if (systemErrorCode(error) !== "ENOENT") throw error;
        throw new SweeplineError({ code: "REMOTE_FILE_MISSING", message: `'${key}' is not in remote '${name}'` });
      }
    },
    remove: async (key) => removeFile(at(key)),
  };
}
