/** How an object of the cache becomes a file of the workspace: shared blocks, a link, or a copy, as cache.type says. */
import path from "node:path";
import { SweeplineError, systemErrorCode } from "../base/errors.ts";
import {
  cloneFile,
  copyFileFresh,
  hardLink,
  removeFile,
  rename,
  setMode,
  statSync,
  symlink,
  withAside,
} from "../base/files.ts";
import type { LinkType } from "../project/project.ts";
import type { Cache } from "./cache.ts";

const unsupported = new Set([
  "EXDEV",
  "EOPNOTSUPP",
  "ENOTSUP",
  "EPERM",
  "EMLINK",
  "EINVAL",
  "ENOSYS",
  "ENOTTY",
  "EACCES",
]);

const fileMode = 0o666 & ~process.umask();

function placeBy(type: LinkType, object: string, aside: string): void {
  if (type === "reflink") cloneFile(object, aside);
  else if (type === "hardlink") hardLink(object, aside);
  else if (type === "symlink") symlink(object, aside);
  else copyFileFresh(object, aside);
}

/** True where the type worked; false where the file system or the pair of devices does not allow it. */
function tryPlace(type: LinkType, object: string, aside: string): boolean {
  try {
    placeBy(type, object, aside);
    return true;
  } catch (error) {
    removeFile(aside);
    if (type !== "copy" && unsupported.has(systemErrorCode(error) ?? "")) return false;
    throw error;
  }
}

/** Types to try, the one that worked on this device before at the front. A copy shares blocks by itself where it can. */
function candidates(cache: Cache, device: string): readonly LinkType[] {
  const known = cache.probedLinks.get(device);
  const wanted = cache.linkTypes;
  const merged = wanted.filter((type, index) => !(type === "reflink" && wanted[index + 1] === "copy"));
  return known === undefined ? merged : merged.slice(merged.indexOf(known));
}

export interface Placement {
  /** The object's file. */
  readonly object: string;
  readonly destination: string;
  /** What the destination is called in messages. */
  readonly shown: string;
  readonly isExecutable: boolean;
}

/**
 * Puts an object at the destination, replacing a file there in one step; its folder must exist.
 * An executable file is always a copy: a link would make the object itself executable.
 */
export function placeObject(cache: Cache, placement: Placement): LinkType {
  const { object, destination, shown, isExecutable } = placement;
  const device = isExecutable ? "" : String(statSync(path.dirname(destination)).dev);
  return withAside(destination, (aside) => {
    for (const type of isExecutable ? (["copy"] as const) : candidates(cache, device)) {
      if (!tryPlace(type, object, aside)) continue;
      if (type === "copy" || type === "reflink") setMode(aside, isExecutable ? fileMode | 0o100 : fileMode);
      rename(aside, destination);
      // Renaming a link onto another link of the same file does nothing and leaves both.
      if (type === "hardlink") removeFile(aside);
      if (!isExecutable) cache.probedLinks.set(device, type);
      return type;
    }
    throw new SweeplineError({
      code: "NO_LINK_TYPE",
      message: `No possible cache link types for '${shown}'. Tried: ${cache.linkTypes.join(", ")}.`,
      hint: "Add copy to the types: `sweepline config cache.type reflink,copy`.",
    });
  });
}
