/** Where things lie in a remote: the layout of DVC 3. */
import { isObjectHash } from "../tree.ts";
import { inParallel } from "./parallel.ts";
import type { StorageRemote } from "./types.ts";

export function objectKey(md5: string): string {
  if (!isObjectHash(md5)) throw new TypeError(`not the hash of an object: ${md5.slice(0, 80)}`);
  return `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;
}

const foldersAtOnce = 16;
const questionsAtOnce = 16;

/** Which of the objects the remote has: one listing a folder, not one question an object. */
export async function existingObjects(remote: StorageRemote, hashes: Iterable<string>): Promise<ReadonlySet<string>> {
  const prefixes = new Set([...hashes].map((md5) => md5.slice(0, 2)));
  const found = new Set<string>();
  await inParallel([...prefixes], foldersAtOnce, async (prefix) => {
    for (const name of await remote.list(`files/md5/${prefix}`)) found.add(prefix + name);
  });
  return found;
}

export interface SizedObject {
  readonly md5: string;
  readonly size: number;
}

/** Which of the objects the remote has with another size: their bytes can't be what their names say. */
export async function damagedObjects(
  remote: StorageRemote,
  objects: readonly SizedObject[],
): Promise<ReadonlySet<string>> {
  const damaged = new Set<string>();
  await inParallel(objects, questionsAtOnce, async ({ md5, size }) => {
    if ((await remote.sizeOf(objectKey(md5))) !== size) damaged.add(md5);
  });
  return damaged;
}
