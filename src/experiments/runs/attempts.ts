/** What was tried before with a queued entry, kept in its run folder: for the limit of retries, and for people. */
import path from "node:path";
import { makeFolder, removeFile, writeAtomic } from "../../base/files.ts";
import { isNumber, isText, oneOf, parseJson, shaped } from "../../base/json.ts";
import { readStateFile } from "../odd-state.ts";
import type { RunFolder } from "./records.ts";

/**
 * The experiment's own failure, one from outside (killed, out of memory, its worker lost), or "runner": the death of the
 * process that ran it, which is its doing only where it happens each time.
 */
export type FailureCause = "code" | "outside" | "runner";

export interface Attempt {
  readonly cause: FailureCause;
  readonly message: string;
  /** When it ended, and before when it is not to run again; milliseconds since the epoch. */
  readonly endedAt: number;
  readonly notBefore: number;
}

function attemptsFile(run: Pick<RunFolder, "folder">): string {
  return path.join(run.folder, "attempts.json");
}

const isAttempt = shaped<Attempt>({
  cause: oneOf("code", "outside", "runner"),
  message: isText,
  endedAt: isNumber,
  notBefore: isNumber,
});

/** Failed attempts, the oldest first; a file that can't be read counts as none. */
export function readAttempts(run: Pick<RunFolder, "folder">): readonly Attempt[] {
  const text = readStateFile(attemptsFile(run))?.toString();
  if (text === undefined) return [];
  const list = parseJson(text);
  return Array.isArray(list) ? list.filter((item) => isAttempt(item)) : [];
}

export function recordAttempt(run: Pick<RunFolder, "folder">, attempt: Attempt): void {
  makeFolder(run.folder);
  writeAtomic(attemptsFile(run), JSON.stringify([...readAttempts(run), attempt]));
}

export function forgetAttempts(run: Pick<RunFolder, "folder">): void {
  removeFile(attemptsFile(run));
}
