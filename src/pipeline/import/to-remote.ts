/** `--to-remote`: data that goes from where it is to a storage remote, and not into the workspace or its cache. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { SweeplineError } from "../../base/errors.ts";
import { makeFolder, removeTree } from "../../base/files.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, openCache } from "../../store/cache.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { pushObjects } from "../../store/remotes/push-objects.ts";
import { cachePlace, whilePinned } from "../locks/pins.ts";

export interface RemoteDestination {
  /** -r; undefined: the default one. */
  readonly remote: string | undefined;
}

/**
 * Calls `take` with a cache that lives as long as the call, and uploads what it answers. Errors: REMOTE_UNKNOWN and its like
 * before anything is read, TRANSFER_FAILED.
 */
export async function takenToRemote<T>(
  { project, jobs }: { readonly project: Project; readonly jobs: number | undefined },
  { remote: name }: RemoteDestination,
  take: { readonly data: (cache: Cache) => Promise<T>; readonly md5Of: (taken: T) => string | undefined },
): Promise<T> {
  const remote = openRemote(project, name);
  const scratch = asideName(path.join(project.tmpDir, "to-remote"));
  try {
    makeFolder(scratch);
    const cache: Cache = { ...openCache(project), folder: path.join(scratch, "cache"), sharing: "own" };
    const taken = await take.data(cache);
    const md5 = take.md5Of(taken);
    if (md5 === undefined) return taken;
    // `gc -c` must not take from the remote what nothing names yet.
    const pin = { ...cachePlace(project), runner: { id: "push", label: "data that goes to a remote" } };
    const { failed } = await whilePinned(pin, () => pushObjects(cache, remote, { hashes: [md5], jobs }));
    const [failure] = failed;
    if (failure !== undefined) throw new SweeplineError({ code: "TRANSFER_FAILED", message: failure.message });
    return taken;
  } finally {
    removeTree(scratch);
  }
}
