/** Whether the data of experiments can be had: asked of each storage remote in one listing for all of them. */
import type { ObjectId } from "../../git/ids.ts";
import { type Cache, findObject, openCache, readTree } from "../../store/cache.ts";
import { byRemote, type RemoteObject } from "../../store/remotes/by-remote.ts";
import { existingObjects } from "../../store/remotes/keys.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { isTreeHash } from "../../store/tree.ts";
import type { ExperimentsContext } from "../repository.ts";
import { objectsByCommit } from "./objects.ts";

export interface DataStanding {
  /** Hashes that this machine's cache has, and the storage remote not. */
  readonly onlyHere: readonly string[];
  /** Hashes that neither has. */
  readonly nowhere: readonly string[];
}

export interface StandingRequest {
  readonly commits: readonly ObjectId[];
  /** Its data is older than the experiments: not asked for. */
  readonly baseline: ObjectId;
  /** -r; undefined: as configured. */
  readonly remote: string | undefined;
}

/** The files of a folder object too, where the cache knows them. */
function withFiles(cache: Cache, objects: readonly RemoteObject[]): readonly RemoteObject[] {
  return objects.flatMap((object) => {
    const entries = isTreeHash(object.md5) ? (readTree(cache, object.md5) ?? []) : [];
    return [object, ...entries.map(({ md5 }) => ({ ...object, md5 }))];
  });
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
  for (const commit of commits) {
    const own = (byCommit.get(commit) ?? []).filter(({ md5 }) => !older.has(md5));
    needed.set(commit, withFiles(cache, own));
  }
  const absent = new Set<RemoteObject>();
  for (const [name, objects] of byRemote({ project, remote }, [...needed.values()].flat())) {
    if (name === undefined || objects.length === 0) continue;
    const there = await existingObjects(
      openRemote(project, name),
      objects.map(({ md5 }) => md5),
    );
    for (const object of objects) if (!there.has(object.md5)) absent.add(object);
  }
  const standings = new Map<ObjectId, DataStanding>();
  for (const [commit, objects] of needed) {
    const hashes = [...new Set(objects.filter((object) => absent.has(object)).map(({ md5 }) => md5))];
    if (hashes.length === 0) continue;
    const onlyHere = hashes.filter((md5) => findObject(cache, md5) !== undefined);
    standings.set(commit, { onlyHere, nowhere: hashes.filter((md5) => !onlyHere.includes(md5)) });
  }
  return standings;
}
