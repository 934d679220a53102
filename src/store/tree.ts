/**
 * `.dir` objects: the list of a folder's files, byte for byte as DVC writes it, since its MD5 names the folder
 * (spec: dvc-experiments section 2).
 */

import { SweeplineError } from "../base/errors.ts";
import { parseJson, shaped, textLike } from "../base/json.ts";
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

function byRelpath(a: DirEntry, b: DirEntry): number {
  return compareCodePoints(a.relpath, b.relpath);
}

/** The object of a folder: entries sorted by path in code point order, as json.dumps writes them. */
export function formatTree(entries: readonly DirEntry[]): TreeObject {
  const items = [...entries]
    .sort(byRelpath)
    .map(({ md5, relpath }) => `{"md5": ${jsonString(md5)}, "relpath": ${jsonString(relpath)}}`);
  const text = `[${items.join(", ")}]`;
  return { md5: `${hashBytes(text)}.dir`, text };
}

export function isTreeHash(md5: string): boolean {
  return md5.endsWith(".dir");
}

const hexPattern = /^[0-9a-f]{32}$/;

/** Objects are named by these strings: anything else (a path with dots) is refused. */
export function isObjectHash(md5: string): boolean {
  return hexPattern.test(isTreeHash(md5) ? md5.slice(0, -4) : md5);
}

/** A relative path that stays inside its folder. Cache objects come from strangers. */
function isInnerPath(relpath: string): boolean {
  if (relpath === "" || relpath.startsWith("/") || relpath.includes("\0")) return false;
  return relpath.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

const isEntry = shaped<DirEntry>({
  relpath: (value): value is string => typeof value === "string" && isInnerPath(value),
  md5: textLike(hexPattern),
});

function toEntry(item: unknown): DirEntry | undefined {
  return isEntry(item) ? { relpath: item.relpath, md5: item.md5 } : undefined;
}

/** The entries of a `.dir` object. Refuses bytes of another hash, broken JSON, and paths that leave the folder. */
export function parseDirObject(bytes: Uint8Array, name: string): DirEntry[] {
  const data = `${hashBytes(bytes)}.dir` === name ? parseJson(Buffer.from(bytes).toString("utf8")) : undefined;
  const entries = Array.isArray(data) ? data.map(toEntry) : [undefined];
  const sound = entries.filter((entry) => entry !== undefined);
  if (sound.length === entries.length) return sound;
  throw new SweeplineError({
    code: "CACHE_OBJECT_BROKEN",
    message: `the list of files of the folder '${name}' in the cache is broken`,
    hint: "Remove it from the cache and run the stage again, or pull it.",
  });
}
