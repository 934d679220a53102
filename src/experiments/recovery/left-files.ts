/** Which files are temporary ones of processes that were killed before they could rename or remove them. Light to load. */

import path from "node:path";
import { asideWriter } from "../../base/asides.ts";
import { unlessSystemFails } from "../../base/errors.ts";
import { lstatIfExists, readdirSync } from "../../base/files.ts";
import { removeAllThatGoes } from "../../base/remove-stubborn.ts";
import type { StateLayout } from "../layout.ts";

/** A file of another machine on shared storage counts as left behind once it has not been written to for so long. */
const abandonedMs = 24 * 60 * 60_000;

export function isLeft(file: string): boolean {
  const writer = asideWriter(path.basename(file));
  if (writer !== "elsewhere") return writer === "dead";
  const writtenAt = lstatIfExists(file)?.mtimeMs;
  return writtenAt !== undefined && Date.now() - writtenAt > abandonedMs;
}

/** A folder that can't be read has none. */
export function itemsOf(folder: string) {
  return unlessSystemFails([], () => readdirSync(folder, { withFileTypes: true }));
}

/** Removes those in our scratch folder: one look, that every run can take. */
export function removeLeftScratch({ scratch }: StateLayout): void {
  const files = itemsOf(scratch).map(({ name }) => path.join(scratch, name));
  for (const file of files.filter(isLeft)) removeAllThatGoes(file);
}
