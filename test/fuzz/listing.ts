/** What lies in a folder, cheap enough to be asked for after each case, and putting it back. */
import { createHash } from "node:crypto";
import {
  type BigIntStats,
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import path from "node:path";

/** Path in the folder to what tells whether it was touched. */
export type Listing = ReadonlyMap<string, string>;

function mark(file: string, stats: BigIntStats): string {
  if (stats.isDirectory()) return `folder ${stats.mode}`;
  if (stats.isSymbolicLink()) return `link ${readlinkSync(file)}`;
  return `${stats.mode} ${stats.size} ${stats.mtimeNs} ${stats.ino}`;
}

/** All below the folder, which may hold names that are not UTF-8, except what `isLeftOut`. */
export function listingOf(folder: string, isLeftOut: (inside: string) => boolean = () => false): Listing {
  const found = new Map<string, string>();
  const visit = (inside: string) => {
    for (const name of readdirSync(path.join(folder, inside), "latin1")) {
      const each = inside === "" ? name : `${inside}/${name}`;
      if (isLeftOut(each)) continue;
      const file = Buffer.from(`${folder}/${each}`, "latin1");
      const stats = lstatSync(file, { bigint: true });
      found.set(each, mark(file.toString("latin1"), stats));
      if (stats.isDirectory()) visit(each);
    }
  };
  visit("");
  return found;
}

/** The same with the bytes of each file: of a small tree that nothing may touch. */
export function hashedListing(folder: string, isLeftOut: (inside: string) => boolean): Listing {
  const found = new Map<string, string>();
  for (const [name, text] of listingOf(folder, isLeftOut)) {
    const isFile = /^\d/.test(text);
    const hash = isFile
      ? createHash("md5")
          .update(readFileSync(path.join(folder, name)))
          .digest("hex")
      : "";
    found.set(name, `${text} ${hash}`);
  }
  return found;
}

/** Names whose mark differs, or that only one of both has. */
export function differences(before: Listing, after: Listing): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

/** Makes of a folder what another one is, where they differ by the listings. Answers the new listing. */
export function putBack(folder: string, template: string, before: Listing): Listing {
  const changed = differences(before, listingOf(folder));
  // Parents first: below a link that a case made lies something else.
  for (const name of changed) rmSync(Buffer.from(`${folder}/${name}`, "latin1"), { recursive: true, force: true });
  for (const name of changed) {
    const [from, to] = [path.join(template, name), path.join(folder, name)];
    const stats = lstatSync(from, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isDirectory()) mkdirSync(to, { recursive: true });
    else if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else copyFileSync(from, to);
    if (stats.isSymbolicLink()) continue;
    chmodSync(to, stats.mode & 0o7777);
    utimesSync(to, stats.atimeMs / 1000, stats.mtimeMs / 1000);
  }
  return changed.length === 0 ? before : listingOf(folder);
}
