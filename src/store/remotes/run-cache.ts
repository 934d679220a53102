/** Kept runs of stages (`runs/<2>/<key>/<value>`) between the cache and a remote. A run's name is its content's hash. */
import path from "node:path";
import { lstatIfExists, readdirSync, rename, setMode, withAsideLater } from "../../base/files.ts";
import type { Cache } from "../cache.ts";
import { makeSharedFolder } from "../sharing.ts";
import { inParallel } from "./parallel.ts";
import type { StorageRemote, TransferOptions } from "./types.ts";

type List = (folder: string) => Promise<readonly string[]>;

const prefixPattern = /^[0-9a-f]{2}$/;
const hashPattern = /^[0-9a-f]{64}$/;

/** All runs as keys; names that are none are passed over. */
async function listRuns(list: List): Promise<readonly string[]> {
  const keys: string[] = [];
  const prefixes = (await list("runs")).filter((name) => prefixPattern.test(name));
  await inParallel(prefixes, 16, async (prefix) => {
    for (const key of (await list(`runs/${prefix}`)).filter((name) => hashPattern.test(name)))
      for (const value of (await list(`runs/${prefix}/${key}`)).filter((name) => hashPattern.test(name)))
        keys.push(`runs/${prefix}/${key}/${value}`);
  });
  return keys.sort();
}

function listFolder(cache: Cache): List {
  return async (folder) => {
    const absolute = path.join(cache.folder, folder);
    return lstatIfExists(absolute)?.isDirectory() ? readdirSync(absolute) : [];
  };
}

async function compareRuns(cache: Cache, remote: StorageRemote) {
  const here = await listRuns(listFolder(cache));
  const there = await listRuns((folder) => remote.list(folder));
  return { here, there };
}

/** Uploads the runs that the remote lacks; answers how many. */
export async function pushRuns(cache: Cache, remote: StorageRemote, options: TransferOptions): Promise<number> {
  const { here, there } = await compareRuns(cache, remote);
  const known = new Set(there);
  const fresh = here.filter((key) => !known.has(key));
  await inParallel(fresh, options.jobs, (key) => remote.upload(path.join(cache.folder, key), key));
  return fresh.length;
}

/** Downloads the runs that the cache lacks; answers how many. Who restores one checks what it says. */
export async function pullRuns(cache: Cache, remote: StorageRemote, options: TransferOptions): Promise<number> {
  const { here, there } = await compareRuns(cache, remote);
  const known = new Set(here);
  const fresh = there.filter((key) => !known.has(key));
  await inParallel(fresh, options.jobs, async (key) => {
    const file = path.join(cache.folder, key);
    makeSharedFolder(path.dirname(file), cache.sharing);
    await withAsideLater(file, async (aside) => {
      await remote.download(key, aside);
      if (cache.sharing === "group") setMode(aside, 0o664);
      rename(aside, file);
    });
  });
  return fresh.length;
}
