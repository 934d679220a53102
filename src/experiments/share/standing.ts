/** Whether the data of experiments can be had: asked of each storage remote for all of them at once. */
import type { ObjectId } from "../../git/ids.ts";
import { type Cache, findObject, openCache, soundTree } from "../../store/cache.ts";
import { byRemote, type RemoteObject } from "../../store/remotes/by-remote.ts";
import { damagedObjects, existingObjects } from "../../store/remotes/keys.ts";
import { byLayout } from "../../store/remotes/legacy-layout.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { remoteTrees } from "../../store/remotes/remote-tree.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import { isTreeHash } from "../../store/tree.ts";
import type { ExperimentsContext } from "../repository.ts";
import { objectsByCommit } from "./objects.ts";

export interface DataStanding {
  /** Hashes that this machine's cache has, and the storage remote not, or damaged. */
  readonly onlyHere: readonly string[];
  /** Hashes that neither has whole. */
  readonly nowhere: readonly string[];
}

export interface StandingRequest {
  readonly commits: readonly ObjectId[];
  /** Its data is older than the experiments: not asked for. */
  readonly baseline: ObjectId;
  /** -r; undefined: as configured. */
  readonly remote: string | undefined;
}

/** The files of each folder list, from the cache or else from the remote; a list that nobody has whole is left out. */
async function folderFiles(cache: Cache, remote: StorageRemote, hashes: readonly string[]) {
  const lists = [...new Set(hashes.filter(isTreeHash))];
  const here = new Map(lists.map((md5) => [md5, soundTree(cache, md5)]));
  const unknown = lists.filter((md5) => here.get(md5) === undefined);
  const there = await remoteTrees(cache, remote, unknown);
  const files = new Map<string, readonly string[]>();
  for (const md5 of lists) {
    const entries = here.get(md5) ?? there.get(md5);
    if (entries !== undefined) files.set(md5, [...new Set(entries.map((entry) => entry.md5))]);
  }
  return files;
}

/** For each object what the remote lacks of it: itself, or files of the folder. */
async function absentIn(cache: Cache, remote: StorageRemote, objects: readonly RemoteObject[]) {
  const hashes = objects.map(({ md5 }) => md5);
  const there = await existingObjects(remote, hashes);
  const folders = await folderFiles(cache, remote, hashes);
  const filesThere = await existingObjects(remote, [...folders.values()].flat());
  const sized = new Map(
    objects.flatMap(({ md5, size }) => (size === undefined || !there.has(md5) ? [] : [[md5, { md5, size }] as const])),
  );
  const damaged = await damagedObjects(remote, [...sized.values()]);
  return (md5: string): readonly string[] => {
    const files = folders.get(md5);
    const isWhole = there.has(md5) && !damaged.has(md5) && (files !== undefined || !isTreeHash(md5));
    return [...(isWhole ? [] : [md5]), ...(files ?? []).filter((file) => !filesThere.has(file))];
  };
}

/** Of each commit whose data is not all in its storage remote; data that belongs to no remote is not looked at. */
export async function dataStandings(
  context: ExperimentsContext,
  { commits, baseline, remote }: StandingRequest,
): Promise<ReadonlyMap<ObjectId, DataStanding>> {
  const { project } = context;
  const { byCommit } = await objectsByCommit(context, [...new Set([...commits, baseline])]);
  const older = new Set((byCommit.get(baseline) ?? []).map(({ md5 }) => md5));
  const cache = openCache(project);
  const needed = new Map<ObjectId, readonly RemoteObject[]>();
  for (const commit of commits)
    needed.set(
      commit,
      (byCommit.get(commit) ?? []).filter(({ md5 }) => !older.has(md5)),
    );
  const absent = new Map<RemoteObject, readonly string[]>();
  for (const [name, objects] of byRemote({ project, remote }, [...needed.values()].flat())) {
    if (name === undefined || objects.length === 0) continue;
    for (const [place, placed] of byLayout(openRemote(project, name), objects)) {
      const lacks = await absentIn(cache, place, placed);
      for (const object of placed) {
        const hashes = lacks(object.md5);
        if (hashes.length > 0) absent.set(object, hashes);
      }
    }
  }
  const standings = new Map<ObjectId, DataStanding>();
  for (const [commit, objects] of needed) {
    const hashes = [...new Set(objects.flatMap((object) => absent.get(object) ?? []))];
    if (hashes.length === 0) continue;
    const onlyHere = new Set(hashes.filter((md5) => findObject(cache, md5) !== undefined));
    standings.set(commit, { onlyHere: [...onlyHere], nowhere: hashes.filter((md5) => !onlyHere.has(md5)) });
  }
  return standings;
}
