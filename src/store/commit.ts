import type { Cache } from "./cache.ts";
import { relinkPath } from "./checkout.ts";
import { addWithLinks } from "./data.ts";
import type { DataHash } from "./hash.ts";
import { rememberInWorkspace } from "./placed.ts";

/**
 * Puts a file or folder into the cache, and where cache.type asks for links the workspace's files become links to it. A link
 * to elsewhere becomes what cache.type says in any case, as with DVC: what it leads to may change or go.
 * Throws OUTPUT_MISSING where nothing is at the path.
 */
export async function commitData(cache: Cache, target: string): Promise<DataHash> {
  const { hash, links } = await addWithLinks(cache, target);
  const first = cache.linkTypes[0];
  if (first === "hardlink" || first === "symlink") await relinkPath(cache, { hash, destination: target });
  else if (links.length > 0) await relinkPath(cache, { hash, destination: target, within: links });
  rememberInWorkspace(cache, target, hash.md5);
  return hash;
}
