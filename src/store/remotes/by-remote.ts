/** Which remote an object belongs to. */
import type { Project } from "../../project/project.ts";
import type { PlacedObject } from "./legacy-layout.ts";
import { defaultRemoteName } from "./open.ts";

/** An object of the cache. */
export interface RemoteObject extends PlacedObject {
  readonly md5: string;
  /** The remote that its output names for itself. */
  readonly remote: string | undefined;
  /** Its size as the lock file says; of a folder's list it is not known. */
  readonly size?: number;
}

export interface RemoteChoice {
  readonly project: Project;
  /** -r */
  readonly remote: string | undefined;
}

/**
 * Which objects belong to which remote: the one chosen with -r, else the one that an output names for itself, else the
 * default (undefined: there is none). With -r, outputs of other remotes are left out (DVC: repo/fetch.py).
 */
export function byRemote<T extends RemoteObject>(
  { project, remote }: RemoteChoice,
  objects: Iterable<T>,
): ReadonlyMap<string | undefined, readonly T[]> {
  const chosen = remote?.toLowerCase();
  const fallback = chosen ?? defaultRemoteName(project);
  const groups = new Map<string | undefined, T[]>([[fallback, []]]);
  for (const object of objects) {
    const own = object.remote?.toLowerCase();
    if (chosen !== undefined && own !== undefined && own !== chosen) continue;
    const name = own ?? fallback;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [object]);
    else group.push(object);
  }
  return groups;
}
