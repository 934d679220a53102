/** `status --cloud`: how the cache and the storage remotes differ in what the workspace's lock files name. */

import path from "node:path";
import { type Cache, hasObject, openCache, readTree } from "../../store/cache.ts";
import { byRemote } from "../../store/remotes/by-remote.ts";
import { existingObjects } from "../../store/remotes/keys.ts";
import { byLayout } from "../../store/remotes/legacy-layout.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { remoteTrees } from "../../store/remotes/remote-tree.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import { isTreeHash } from "../../store/tree.ts";
import { displayPath } from "../paths.ts";
import { type TrackedObject, type TrackedRequest, trackedObjects } from "./tracked.ts";

/** new: the remote lacks it; deleted: the cache lacks it; missing: nobody has it. */
export type CloudState = "deleted" | "new" | "missing";

export interface CloudStatusRequest extends TrackedRequest {
  /** -r; undefined: the remote that an output names, or the default one. */
  readonly remote: string | undefined;
}

export interface CloudStatus {
  /** By path, relative to the request's folder: first what is deleted, then new, then missing. */
  readonly files: ReadonlyMap<string, CloudState>;
  /** Those that were looked at. */
  readonly remotes: readonly string[];
}

interface NamedObject {
  readonly name: string;
  readonly md5: string;
}

/** The objects themselves and, of folders, their files as far as anybody has their list. */
async function expand(cache: Cache, remote: StorageRemote, objects: readonly NamedObject[]): Promise<NamedObject[]> {
  const folders = [...new Set(objects.map(({ md5 }) => md5).filter(isTreeHash))];
  const here = new Map(folders.map((md5) => [md5, readTree(cache, md5)]));
  const unknown = folders.filter((md5) => here.get(md5) === undefined);
  const there = await remoteTrees(cache, remote, unknown);
  return objects.flatMap((object) => {
    const entries = here.get(object.md5) ?? there.get(object.md5) ?? [];
    return [object, ...entries.map(({ relpath, md5 }) => ({ name: path.join(object.name, relpath), md5 }))];
  });
}

function stateOf(isHere: boolean, isThere: boolean): CloudState | undefined {
  if (isHere) return isThere ? undefined : "new";
  return isThere ? "deleted" : "missing";
}

async function compare(
  cache: Cache,
  remote: StorageRemote,
  objects: readonly NamedObject[],
): Promise<(readonly [string, CloudState])[]> {
  const all = await expand(cache, remote, objects);
  const there = await existingObjects(
    remote,
    all.map(({ md5 }) => md5),
  );
  return all.flatMap(({ name, md5 }) => {
    const state = stateOf(hasObject(cache, md5), there.has(md5));
    return state === undefined ? [] : [[name, state] as const];
  });
}

/** Compares by name: objects are not read. Errors: REMOTE_UNKNOWN, REMOTE_UNSUPPORTED, those of targets. */
export async function cloudStatus(request: CloudStatusRequest): Promise<CloudStatus> {
  const { project, folder } = request;
  const cache = openCache(project);
  const tracked = (await trackedObjects(request)).filter(({ push }) => push);
  const named = ({ file, md5 }: TrackedObject) => ({ name: displayPath(project.root, folder, file), md5 });
  const remotes: string[] = [];
  const found: (readonly [string, CloudState])[] = [];
  for (const [name, objects] of byRemote(request, tracked)) {
    // Where every output names its own remote, there need not be a default one.
    if (name === undefined && objects.length === 0 && tracked.length > 0) continue;
    const remote = openRemote(project, name);
    remotes.push(remote.name);
    for (const [place, placed] of byLayout(remote, objects))
      found.push(...(await compare(cache, place, placed.map(named))));
  }
  const states: readonly CloudState[] = ["deleted", "new", "missing"];
  return { remotes, files: new Map(states.flatMap((state) => found.filter(([, each]) => each === state))) };
}
