/** Checks that each object of the cache holds what its name says. */
import path from "node:path";
import { existsSync, makeFolder, readdirSync, rename } from "../base/files.ts";
import { hashFile } from "./hash.ts";

export interface CacheCheck {
  readonly checked: number;
  /** Objects whose bytes have another hash. */
  readonly broken: readonly BrokenObject[];
}

export interface BrokenObject {
  /** As lock files name it; a folder's ends in `.dir`. */
  readonly md5: string;
  readonly file: string;
}

function objectFolders(cacheDir: string): readonly string[] {
  const root = path.join(cacheDir, "files", "md5");
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => /^[0-9a-f]{2}$/.test(name))
    .map((name) => path.join(root, name));
}

/** Reads every object: takes as long as the disk takes for all of them. */
export async function checkCache(cacheDir: string): Promise<CacheCheck> {
  const broken: BrokenObject[] = [];
  let checked = 0;
  for (const folder of objectFolders(cacheDir)) {
    for (const name of readdirSync(folder)) {
      if (!/^[0-9a-f]{30}(\.dir)?$/.test(name)) continue;
      const file = path.join(folder, name);
      const md5 = path.basename(folder) + name;
      checked++;
      if ((await hashFile(file)).md5 !== md5.replace(/\.dir$/, "")) broken.push({ md5, file });
    }
  }
  return { checked, broken };
}

/** Takes a broken object out of the cache, into `broken/` beside the objects, and returns where it is now. */
export function setAside(cacheDir: string, object: BrokenObject): string {
  const folder = path.join(cacheDir, "broken");
  makeFolder(folder);
  const target = path.join(folder, object.md5);
  rename(object.file, target);
  return target;
}
