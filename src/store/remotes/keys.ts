/** Where things lie in a remote: the layout of DVC 3. */
import { globMatcher } from "../../base/text/glob-match.ts";
import { isObjectHash } from "../tree.ts";
import type { FilePattern, StorageRemote } from "./types.ts";

export function objectKey(md5: string): string {
  if (!isObjectHash(md5)) throw new TypeError(`not the hash of an object: ${md5.slice(0, 80)}`);
  return `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;
}

/** Names of an object's folder and file, below files/md5 or the remote's top. */
export const objectNames: readonly string[] = ["[0-9a-f][0-9a-f]", "*"];

/** Whether a pattern means the file: for remotes that know all their keys. */
export function isMeantBy({ folder, names }: FilePattern, key: string): boolean {
  const prefix = folder === "" ? "" : `${folder}/`;
  const parts = key.slice(prefix.length).split("/");
  const isMeant = (name: string, at: number) => globMatcher(names[at] ?? "")(name);
  return key.startsWith(prefix) && parts.length === names.length && parts.every(isMeant);
}

/** The hash of the object that has this key, in either layout. */
export function hashOfKey(key: string): string {
  return key.split("/").slice(-2).join("");
}

/** Which of the objects the remote has. */
export async function existingObjects(remote: StorageRemote, hashes: Iterable<string>): Promise<ReadonlySet<string>> {
  const keys = [...new Set(hashes)].map(objectKey);
  if (keys.length === 0) return new Set();
  return new Set([...(await remote.existing(keys)).keys()].map(hashOfKey));
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
  if (objects.length === 0) return new Set();
  const sizes = await remote.sizes(objects.map(({ md5 }) => objectKey(md5)));
  return new Set(objects.flatMap(({ md5, size }) => (sizes.get(objectKey(md5)) === size ? [] : [md5])));
}
