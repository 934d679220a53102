/** What is remembered of a workspace copy, beside it: `<slot>/git.json`. A copy that is not as it says is made anew. */

import path from "node:path";
import { unlessSystemFails } from "../../base/errors.ts";
import { type BigIntStats, lstatSync, readdirSync, writePrivateFile } from "../../base/files.ts";
import { isNumber, isText, optional, parseJson, shaped } from "../../base/json.ts";
import { sha256 } from "../../store/hash.ts";
import { readStateFile } from "../odd-state.ts";
import { type FolderRecords, isFolderRecords } from "./folders.ts";

export interface CopyMemory {
  /** See CopySlot.template. */
  readonly template: string;
  readonly head: string;
  /** Signatures of the Git directory that we trust, and of the one that stages see. */
  readonly trusted: string;
  readonly stage: string;
  readonly folders: FolderRecords;
  /** When the stages could start; milliseconds since the epoch. */
  readonly preparedAt: number;
}

function memoryFile(slotFolder: string): string {
  return path.join(slotFolder, "git.json");
}

const isMemory = shaped<Partial<CopyMemory>>({
  template: optional(isText),
  head: optional(isText),
  trusted: optional(isText),
  stage: optional(isText),
  folders: optional(isFolderRecords),
  preparedAt: optional(isNumber),
});

/** What was remembered; nothing where the file is missing or broken. */
export function recall(slotFolder: string): Partial<CopyMemory> {
  const memory = parseJson(readStateFile(memoryFile(slotFolder))?.toString() ?? "{}");
  return isMemory(memory) ? memory : {};
}

export function remember(slotFolder: string, memory: Partial<CopyMemory>): void {
  writePrivateFile(memoryFile(slotFolder), JSON.stringify(memory));
}

function fingerprint(stats: BigIntStats): string {
  return `${stats.ino}.${stats.mode}.${stats.size}.${stats.mtimeNs}.${stats.ctimeNs}`;
}

/**
 * A hash of all files and folders below a folder with what the kernel says of them. A file that is changed, and a folder
 * in which a name comes or goes, get a new ctime, which no program can set back. "missing" where it can't be read.
 */
export function signatureOf(folder: string): string {
  const parts: string[] = [];
  const visit = (file: string) => {
    const stats = lstatSync(file, { bigint: true });
    parts.push(file, fingerprint(stats));
    if (stats.isDirectory()) for (const name of readdirSync(file).sort()) visit(path.join(file, name));
  };
  return unlessSystemFails("missing", () => {
    visit(folder);
    return sha256(parts.join("\n"));
  });
}
