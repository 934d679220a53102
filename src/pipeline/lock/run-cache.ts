/**
 * The run-cache: finished runs of stages, so that one that was made before is restored instead of run again.
 * A run is a file `runs/<key:2>/<key>/<value>` in the cache: its name says what went in and what came out.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, readdirSync, readIfExists, removeFile, setMode, writeAtomic } from "../../base/files.ts";
import { dataReader } from "../../params/data-file.ts";
import { makeSharedFolder, type Sharing } from "../../store/sharing.ts";
import { dumpYaml } from "../../yaml/ruamel.ts";
import { scanYaml } from "../../yaml/scan.ts";
import type { LockEntry, Stage } from "../types.ts";
import { entryToValue, valueToEntry } from "./entry.ts";
import { runCacheKey, runCacheValue } from "./hash.ts";
import { withoutInnerIndentation } from "./text.ts";

/** What of a stage decides whether its runs are kept. */
export type RunCacheStage = Pick<Stage, "cmd" | "alwaysChanged" | "outs" | "workingFolder">;

function isInside(root: string, file: string): boolean {
  return file.startsWith(root + path.sep);
}

/**
 * Whether a run of the stage may be saved and restored (DVC: stage/cache.py): it has a command, something that goes in
 * and something that comes out, does not run always, and no output is kept from run to run or lies outside the project.
 */
export function isRunCacheable(root: string, stage: RunCacheStage, entry: LockEntry): boolean {
  if (stage.alwaysChanged || stage.cmd === null || stage.cmd.length === 0) return false;
  if (entry.deps.length + entry.params.size === 0 || entry.outs.length === 0) return false;
  if (entry.deps.some((dep) => dep.md5 === "" || dep.path.includes("://"))) return false;
  return stage.outs.every(
    (out) =>
      !out.persist &&
      !out.checkpoint &&
      !out.path.includes("://") &&
      isInside(root, path.resolve(stage.workingFolder, out.path)),
  );
}

function keyFolder(cacheDir: string, key: string): string {
  return path.join(cacheDir, "runs", key.slice(0, 2), key);
}

/** Keeps a run. One that is kept already is not written again. The outputs' data must be in the cache before. */
export function saveRun(cacheDir: string, entry: LockEntry, sharing: Sharing = "own"): void {
  const folder = keyFolder(cacheDir, runCacheKey(entry));
  const file = path.join(folder, runCacheValue(entry));
  if (lstatIfExists(file) !== undefined) return;
  makeSharedFolder(folder, sharing);
  writeAtomic(file, dumpYaml(entryToValue(entry)));
  if (sharing === "group") setMode(file, 0o664);
}

/** Whether runs of that key were ever kept: a cheap look before findRun(). */
export function hasRuns(cacheDir: string, key: string): boolean {
  return lstatIfExists(keyFolder(cacheDir, key)) !== undefined;
}

const valuePattern = /^[0-9a-f]{64}$/;

/** The files of a key, newest first. */
function runsOf(folder: string): string[] {
  if (lstatIfExists(folder) === undefined) return [];
  const files = readdirSync(folder).filter((name) => valuePattern.test(name));
  const times = new Map(files.map((name) => [name, lstatIfExists(path.join(folder, name))?.mtimeMs ?? 0]));
  const newestFirst = files.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0) || (a < b ? -1 : 1));
  return newestFirst.map((name) => path.join(folder, name));
}

async function readRun(file: string): Promise<LockEntry | undefined> {
  const bytes = readIfExists(file);
  if (bytes === undefined) return undefined;
  const text = withoutInnerIndentation(bytes.toString("utf8"));
  const scanned = scanYaml(text);
  if (scanned !== undefined) return valueToEntry(scanned);
  const read = await dataReader("run.yaml");
  try {
    return valueToEntry(read({ path: file, bytes: Buffer.from(text) }));
  } catch (error) {
    if (error instanceof SweeplineError) return undefined;
    throw error;
  }
}

/**
 * The newest kept run of what the entry's command, dependencies and parameters say, with the same outputs' names
 * (their hashes in `entry` are not looked at). A broken file is removed and the next one taken.
 */
export async function findCachedRun(cacheDir: string, entry: LockEntry): Promise<LockEntry | undefined> {
  for (const file of runsOf(keyFolder(cacheDir, runCacheKey(entry)))) {
    const kept = await readRun(file);
    if (kept !== undefined) return kept;
    removeFile(file);
  }
  return undefined;
}
