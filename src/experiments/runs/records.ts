/**
 * Records of runs below .dvc/tmp: one folder `<sequence>-<name>` a run with its log and, once it ended, record.json.
 * They are for people (logs, times); without them all that is not known is which failed experiments `sweep` tries again.
 */
import { uptime } from "node:os";
import path from "node:path";
import type { ErrorCode } from "../../base/error-codes.ts";
import { SweeplineError } from "../../base/errors.ts";
import {
  existsSync,
  lstatIfExists,
  makeFolder,
  readdirSync,
  removeFile,
  writeAtomic,
  writePrivateFile,
} from "../../base/files.ts";
import { isCount, isNumber, isText, oneOf, optional, parseJson, shaped, textLike } from "../../base/json.ts";
import type { ProcessIdentity } from "../../base/processes.ts";
import { isOurGroup } from "../../pipeline/processes/leftovers.ts";
import type { FailureFacts } from "../failure.ts";
import { type StateLayout, sequenceText } from "../layout.ts";
import { readStateFile, throwAwayOddFiles } from "../odd-state.ts";

export interface RunFolder {
  readonly folder: string;
  readonly log: string;
  readonly record: string;
}

export interface RunRecord {
  readonly name: string;
  readonly state: "success" | "failed" | "cancelled";
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly elapsedMs: number;
  /** Why it failed. */
  readonly message?: string;
  /** The failure as data; records of earlier versions have none. */
  readonly failure?: FailureFacts;
  /** Its worker or the process that ran it was lost, time and again. */
  readonly cause?: "lost";
  /** The experiment's commit, where it succeeded. */
  readonly commit?: string;
  /** Seconds since the epoch, of a run from the queue. */
  readonly queuedAt?: number;
}

const isFailureFacts = shaped<FailureFacts>({
  // That of another version may be unknown to us.
  code: textLike<ErrorCode>(/^[A-Z][A-Z0-9_]*$/),
  stage: optional(isText),
  command: optional(isText),
  exitCode: optional(isNumber),
  signal: optional(isText),
});

const isRunRecord = shaped<RunRecord>({
  name: isText,
  state: oneOf("success", "failed", "cancelled"),
  startedAt: isNumber,
  elapsedMs: isNumber,
  message: optional(isText),
  failure: optional(isFailureFacts),
  cause: optional(oneOf("lost")),
  commit: optional(isText),
  queuedAt: optional(isNumber),
});

/** Where an experiment ran: in a copy, from the queue, or in the user's workspace (marked in the folder's name). */
export type RunPlace = "queue" | "workspace";

const placeMark: Readonly<Record<RunPlace, string>> = { queue: "", workspace: "w" };

export interface RunFolderName {
  readonly sequence: number;
  readonly place: RunPlace;
  readonly name: string;
}

/** Reads a run folder's name, `<sequence>-<name>` or `<sequence>w-<name>`; undefined for any other. */
export function parseRunFolder(folder: string): RunFolderName | undefined {
  const found = /^(\d{10,})(w?)-(.+)$/s.exec(folder);
  if (found === null) return undefined;
  return { sequence: Number(found[1]), place: found[2] === "w" ? "workspace" : "queue", name: found[3] ?? "" };
}

/** Which run; one without a place is of the queue. */
export type RunKey = Pick<RunFolderName, "sequence" | "name"> & Partial<Pick<RunFolderName, "place">>;

export function runFolder(state: StateLayout, { sequence, name, place = "queue" }: RunKey): RunFolder {
  const folder = path.join(state.runs, `${sequenceText(sequence)}${placeMark[place]}-${name}`);
  return { folder, log: path.join(folder, "log"), record: path.join(folder, "record.json") };
}

export function startRun(state: StateLayout, key: RunKey): RunFolder {
  const run = runFolder(state, key);
  makeFolder(run.folder);
  throwAwayOddFiles(run.folder);
  removeFile(run.record);
  return run;
}

export function writeRunRecord(run: RunFolder, record: RunRecord): void {
  writeAtomic(run.record, JSON.stringify(record));
}

export function readRunRecord(run: RunFolder): RunRecord | undefined {
  const text = readStateFile(run.record)?.toString();
  const record = text === undefined ? undefined : parseJson(text);
  return isRunRecord(record) ? record : undefined;
}

/** Whether a run began and nobody wrote down how it ended, though the machine was not started anew since. */
export function wasLost(run: RunFolder): boolean {
  const log = lstatIfExists(run.log);
  return log !== undefined && !existsSync(run.record) && log.mtimeMs > Date.now() - uptime() * 1000;
}

/** All run folders, the oldest first. */
export function listRuns(state: StateLayout): readonly RunFolderName[] {
  const folders = existsSync(state.runs) ? readdirSync(state.runs) : [];
  return folders.flatMap((folder) => parseRunFolder(folder) ?? []).sort((a, b) => a.sequence - b.sequence);
}

/** The newest run of a name; throws NO_LOG where there is none. */
export function findRun(state: StateLayout, name: string): RunFolder & RunFolderName {
  const newest = listRuns(state).findLast((run) => run.name === name);
  if (newest === undefined)
    throw new SweeplineError({
      code: "NO_LOG",
      message: `there is no log of an experiment '${name}'`,
      hint: "Logs are kept in this repository for runs of sweepline; `sweepline exp show` lists the experiments.",
    });
  return { ...runFolder(state, newest), ...newest };
}

/** The process groups of one run, kept on disk so that whoever comes after a crash can end them. */
export function processesFile(state: StateLayout, sequence: number): string {
  return path.join(state.claims, `${sequenceText(sequence)}.processes`);
}

export function writeProcesses(file: string, processes: readonly ProcessIdentity[]): void {
  if (processes.length === 0) removeFile(file);
  else writePrivateFile(file, JSON.stringify(processes));
}

const isIdentity = shaped<ProcessIdentity>({ pid: isCount, startedAt: isText });

/** Process groups of a run that are still alive and surely ours; an unreadable table counts as empty. */
export function livingProcesses(file: string): readonly ProcessIdentity[] {
  const table = parseJson(readStateFile(file)?.toString() ?? "[]");
  if (!Array.isArray(table)) return [];
  return table.filter((item) => isIdentity(item) && isOurGroup(item));
}

/** Who holds the leases of an entry's stages: of one process, one thread runs it. */
export function runnerId({ sequence }: { readonly sequence: number }): string {
  return `entry ${sequence}`;
}
