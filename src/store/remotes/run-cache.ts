/** Kept runs of stages (`runs/<2>/<key>/<value>`) between the cache and a remote. A run's name is its content's hash. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { removeTree, rename, setMode } from "../../base/files.ts";
import type { Cache } from "../cache.ts";
import { makeSharedFolder } from "../sharing.ts";
import { folderRemote } from "./folder.ts";
import type { StorageRemote, TransferOptions, TransferTasks } from "./types.ts";

const runPattern = /^runs\/[0-9a-f]{2}\/[0-9a-f]{64}\/[0-9a-f]{64}$/;

/** All runs as keys; names that are none are passed over. */
async function listRuns(remote: StorageRemote): Promise<readonly string[]> {
  return (await remote.list({ folder: "runs", names: ["[0-9a-f][0-9a-f]", "*", "*"] }))
    .filter((key) => runPattern.test(key))
    .sort();
}

/** The runs that one has and the other lacks. */
async function lackingRuns(from: StorageRemote, to: StorageRemote): Promise<readonly string[]> {
  const known = new Set(await listRuns(to));
  return (await listRuns(from)).filter((key) => !known.has(key));
}

/** One run that can't be moved ends the transfer of runs. */
function tasksOf({ jobs, progress }: TransferOptions, total: number): TransferTasks {
  let done = 0;
  return {
    jobs,
    done(_key, failure) {
      if (failure !== undefined) throw failure;
      progress?.({ done: ++done, total });
    },
  };
}

/** Uploads the runs that the remote lacks; answers how many. */
export async function pushRuns(cache: Cache, remote: StorageRemote, options: TransferOptions): Promise<number> {
  const fresh = await lackingRuns(folderRemote("cache", cache.folder), remote);
  if (fresh.length === 0) return 0;
  const files = fresh.map((key) => ({ key, file: path.join(cache.folder, key) }));
  await remote.upload(files, tasksOf(options, fresh.length));
  return fresh.length;
}

/** Downloads the runs that the cache lacks; answers how many. Who restores one checks what it says. */
export async function pullRuns(cache: Cache, remote: StorageRemote, options: TransferOptions): Promise<number> {
  const fresh = await lackingRuns(remote, folderRemote("cache", cache.folder));
  if (fresh.length === 0) return 0;
  makeSharedFolder(cache.folder, cache.sharing);
  const into = asideName(path.join(cache.folder, "runs"));
  const tasks = tasksOf(options, fresh.length);
  try {
    await remote.download(fresh, {
      ...tasks,
      into,
      done(key, failure) {
        tasks.done(key, failure);
        const file = path.join(cache.folder, key);
        makeSharedFolder(path.dirname(file), cache.sharing);
        if (cache.sharing === "group") setMode(path.join(into, key), 0o664);
        rename(path.join(into, key), file);
      },
    });
  } finally {
    removeTree(into);
  }
  return fresh.length;
}
