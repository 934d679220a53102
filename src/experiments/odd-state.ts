/**
 * What stands below .dvc/tmp in the place of our state and can't be it: a folder, a pipe or a link where a file belongs, a file
 * where a folder does. It is thrown away before a command begins, like content that can't be read. A link to a folder in the
 * place of one is left: people move copies to other disks that way (what a clone brought is refused before).
 */
import path from "node:path";
import { isSystemError, SweeplineError } from "../base/errors.ts";
import { type Dirent, readdirSync, readIfExists, removeFile, statSync } from "../base/files.ts";
import { removeOdd } from "../base/locks.ts";
import { note } from "../base/trace.ts";
import { stateLayout } from "./layout.ts";

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

/** Whether it is one, or leads to one. */
function isFolder(entry: Dirent, file: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    if (isSystemError(error, "ELOOP", "ENOTDIR")) return false;
    throw error;
  }
}

type Kind = "file" | "folder" | "unknown";

/** Looks at what is in a folder; `kindOf` says what a name stands for. */
function tidy(folder: string, kindOf: (name: string) => Kind): void {
  for (const entry of entriesOf(folder)) {
    const file = path.join(folder, entry.name);
    const kind = kindOf(entry.name);
    const isOdd = kind === "file" ? !entry.isFile() : kind === "folder" && !isFolder(entry, file);
    if (!isOdd) continue;
    note("locks", () => `${file}: thrown away, it is no ${kind}`);
    if (kind === "file") removeOdd(file);
    else removeFile(file);
  }
}

/** Throws away what is no file in a folder of ours that holds files only. */
export function throwAwayOddFiles(folder: string): void {
  tidy(folder, () => "file");
}

/** The bytes of a file of our state; undefined where none is there, or what no reader could use: a folder, a pipe, a circle of links. */
export function readStateFile(file: string, limit?: number): Buffer | undefined {
  try {
    return readIfExists(file, limit);
  } catch (error) {
    const isOdd = error instanceof SweeplineError && (error.code === "NOT_A_FILE" || error.code === "FILE_TOO_LARGE");
    if (isOdd || isSystemError(error, "ELOOP")) return undefined;
    throw error;
  }
}

/** Throws what the system says, but for what another process was quicker with. */
export function throwAwayOddState(tmpDir: string): void {
  const state = stateLayout({ tmpDir });
  const { claims, points, devices, requests, outbox, stageTables, runs, copies, scratch } = state;
  const ofFiles = [claims, points, devices, requests, outbox, stageTables];
  const named = (paths: readonly string[]) => new Set(paths.map((each) => path.basename(each)));
  const folders = named([...ofFiles, runs, copies, scratch]);
  const { queueLock, workspaceLock, startLock, coordinatorLock, coordinatorFacts, coordinatorLog } = state;
  const { workspaceRun, workspaceProcesses, lastSequence, order, cloneId } = state;
  const locks = [queueLock, workspaceLock, startLock, coordinatorLock];
  const files = named([
    ...locks,
    coordinatorFacts,
    coordinatorLog,
    workspaceRun,
    workspaceProcesses,
    lastSequence,
    order,
    cloneId,
  ]);
  tidy(tmpDir, (name) => (name === "lock" || name === "rwlock" || name === "sweepline.lock" ? "file" : "unknown"));
  tidy(state.root, (name) => (folders.has(name) ? "folder" : files.has(name) ? "file" : "unknown"));
  for (const folder of ofFiles) throwAwayOddFiles(folder);
  tidy(copies, (name) => (name.endsWith(".lock") ? "file" : /^\d+$/.test(name) ? "folder" : "unknown"));
}
