/**
 * `.dir` objects: the list of a folder's files, byte for byte as DVC writes it, since its MD5 names the folder
 * (spec: dvc-experiments section 2).
 */

import { SweeplineError } from "../base/errors.ts";
import { listOf, parseJson, shaped, textLike } from "../base/json.ts";
import { compareCodePoints, jsonString } from "../base/python.ts";
import { hashBytes } from "./hash.ts";

export interface DirEntry {
  /** Relative to the folder, "/" as separator. */
  readonly relpath: string;
  readonly md5: string;
}

export interface TreeObject {
  readonly md5: string;
  readonly text: string;
}

function byRelpath(a: Pick<DirEntry, "relpath">, b: Pick<DirEntry, "relpath">): number {
  return compareCodePoints(a.relpath, b.relpath);
}

function listObject(items: readonly string[]): TreeObject {
  const text = `[${items.join(", ")}]`;
  return { md5: `${hashBytes(text)}.dir`, text };
}

/** The same of a folder in a bucket, whose files are known by their ETags. */
export function etagTree(entries: readonly { readonly relpath: string; readonly etag: string }[]): TreeObject {
  const sorted = [...entries].sort(byRelpath);
  return listObject(
    sorted.map(({ etag, relpath }) => `{"etag": ${jsonString(etag)}, "relpath": ${jsonString(relpath)}}`),
  );
}

/** The object of a folder: entries sorted by path in code point order, as json.dumps writes them. */
export function formatTree(entries: readonly DirEntry[]): TreeObject {
  const items = [...entries]
    .sort(byRelpath)
    .map(({ md5, relpath }) => `{"md5": ${jsonString(md5)}, "relpath": ${jsonString(relpath)}}`);
  return listObject(items);
}

export function isTreeHash(md5: string): boolean {
  return md5.endsWith(".dir");
}

/** A NUL, or a part that is empty or leads to the folder itself or above it. */
const outerPath = /\0|(?:^|\/)\.{0,2}(?:\/|$)/;
const hexPattern = /^[0-9a-f]{32}$/;

/** Objects are named by these strings: anything else (a path with dots) is refused. */
export function isObjectHash(md5: string): boolean {
  return hexPattern.test(isTreeHash(md5) ? md5.slice(0, -4) : md5);
}

/** A relative path that stays inside its folder. Cache objects come from strangers. */
export function isInnerPath(relpath: string): boolean {
  return relpath !== "" && !outerPath.test(relpath);
}

const isEntry = shaped<DirEntry>({
  relpath: (value): value is string => typeof value === "string" && isInnerPath(value),
  md5: textLike(hexPattern),
});
const areEntries = listOf(isEntry);

const beforeHash = '"md5": "';

/** The hashes in a list whose entries parseDirObject() has answered before. In a name a quote has a backslash. */
export function* hashesInTree(text: string): Generator<string> {
  for (let at = text.indexOf(beforeHash); at >= 0; at = text.indexOf(beforeHash, at)) {
    at += beforeHash.length;
    yield text.slice(at, at + 32);
  }
}

/** The entries of a `.dir` object. Refuses bytes of another hash, broken JSON, and paths that leave the folder. */
export function parseDirObject(bytes: Uint8Array, name: string): DirEntry[] {
  const data = `${hashBytes(bytes)}.dir` === name ? parseJson(Buffer.from(bytes).toString("utf8")) : undefined;
  if (areEntries(data)) return [...data];
  throw new SweeplineError({
    code: "CACHE_OBJECT_BROKEN",
    message: `the list of files of the folder '${name}' in the cache is broken`,
    hint: "Remove it from the cache and run the stage again, or pull it.",
  });
}
