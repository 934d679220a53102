/** A folder as a remote: a mounted disk, a network share. Files are written aside and renamed, read-only as DVC leaves them. */
import path from "node:path";
import { SweeplineError, systemErrorCode } from "../../base/errors.ts";
import {
  copyFileInBackground,
  makeFolder,
  readdirSync,
  removeFile,
  rename,
  setMode,
  statSync,
  withAsideLater,
} from "../../base/files.ts";
import { globMatcher } from "../../base/text/glob-match.ts";
import { makeSharedFolder, type Sharing } from "../sharing.ts";
import { eachTold, filesAtOnce, inParallel } from "./parallel.ts";
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

type NameTest = (name: string) => boolean;

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

export interface FolderSettings {
  /** Runs there stay ours, as with DVC. */
  readonly sharing: Sharing;
  /** Files at a time where none is asked for. */
  readonly jobs: number | undefined;
}

const plain: FolderSettings = { sharing: "own", jobs: undefined };

/** @param folder absolute; made when the first file goes there */
export function folderRemote(name: string, folder: string, { sharing, jobs }: FolderSettings = plain): StorageRemote {
  const at = (key: string) => path.join(folder, ...key.split("/"));
  const filesBelow = (key: string, [isMeant, ...deeper]: readonly NameTest[]): string[] =>
    entriesOf(at(key)).flatMap((entry) => {
      if (isMeant?.(entry.name) !== true) return [];
      const inside = key === "" || key === "." ? entry.name : `${key}/${entry.name}`;
      if (deeper.length > 0) return entry.isFile() ? [] : filesBelow(inside, deeper);
      return entry.isDirectory() ? [] : [inside];
    });
  const atOnce = (asked: number | undefined) => filesAtOnce(asked, jobs);
  const download = async (key: string, into: string) => {
    const target = path.join(into, key);
    makeFolder(path.dirname(target));
    try {
      await copyFileInBackground(at(key), target);
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw error;
      throw new SweeplineError({ code: "REMOTE_FILE_MISSING", message: `'${key}' is not in remote '${name}'` });
    }
  };
  return {
    name,
    place: folder,
    isThere: async () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true,
    list: async ({ folder: key, names }) => filesBelow(key, names.map(globMatcher)),
    async existing(keys) {
      const folders = new Set(keys.map((key) => path.posix.dirname(key)));
      // One listing a folder, not one question a file.
      const there = new Set([...folders].flatMap((each) => filesBelow(each, [() => true])));
      return new Map(keys.flatMap((key) => (there.has(key) ? [[key, undefined] as const] : [])));
    },
    async sizes(keys) {
      const stats = keys.map((key) => [key, statSync(at(key), { throwIfNoEntry: false })] as const);
      return new Map(stats.flatMap(([key, found]) => (found?.isFile() ? [[key, found.size] as const] : [])));
    },
    upload: (files, tasks) =>
      eachTold(
        files,
        { ...tasks, jobs: atOnce(tasks.jobs) },
        {
          keyOf: ({ key }) => key,
          async work({ file, key }) {
            makeSharedFolder(path.dirname(at(key)), key.startsWith("files/") ? sharing : "own");
            await upload(file, at(key), modeOf(key));
          },
        },
      ),
    download: (keys, tasks) =>
      eachTold(
        keys,
        { ...tasks, jobs: atOnce(tasks.jobs) },
        { keyOf: (key) => key, work: (key) => download(key, tasks.into) },
      ),
    remove: (keys, asked) => inParallel(keys, atOnce(asked), async (key) => removeFile(at(key))),
  };
}
