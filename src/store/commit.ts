import type { Cache } from "./cache.ts";
import { relinkPath } from "./checkout.ts";
import { addToCache } from "./data.ts";
import type { DataHash } from "./hash.ts";
import { rememberInWorkspace } from "./placed.ts";

/**
 * Puts a file or folder into the cache, and where cache.type asks for links the workspace's files become links to it.
 * Throws OUTPUT_MISSING where nothing is at the path.
 */
export async function commitData(cache: Cache, target: string): Promise<DataHash> {
  const hash = await addToCache(cache, target);
  const first = cache.linkTypes[0];
  if (first === "hardlink" || first === "symlink") await relinkPath(cache, { hash, destination: target });
  rememberInWorkspace(cache, target, hash.md5);
  return hash;
}
