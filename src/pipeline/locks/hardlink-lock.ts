/**
 * The workspace's lock with `core.hardlink_lock`: in that mode the file itself is the lock, as flufl.lock has it, which DVC
 * uses then (dvc/lock.py: HardlinkLock). Its mtime says until when it counts.
 */

import { createExclusive, readIfExists, removeFile, setTimes } from "../../base/files.ts";
import { readLockOwner, tryLock, unlock } from "../../base/locks.ts";
import { identifyProcess, processStart } from "../../base/processes.ts";

/** As long as DVC's (365 days). */
const lifetimeSeconds = 365 * 86_400;

/** Takes the lock; undefined where somebody has it. The answer gives it back. */
export function tryHardlinkLock(file: string, what: string): (() => void) | undefined {
  removeLeftover(file);
  // What is not ours is DVC's: only a lock of ours whose process is gone is taken over.
  const isTaken =
    createExclusive(file, JSON.stringify({ ...identifyProcess(process.pid), what })) ||
    (typeof readLockOwner(file) === "object" && tryLock(file, what));
  if (!isTaken) return undefined;
  const now = Date.now() / 1000;
  setTimes(file, now, now + lifetimeSeconds);
  return () => unlock(file);
}

/** Without that setting the file stays, with the number of who had it last. */
function removeLeftover(file: string): void {
  const [, pid] = /^\s*(\d+)\s*$/.exec(readIfExists(file)?.toString() ?? "") ?? [];
  if (pid !== undefined && processStart(Number(pid)) === undefined) removeFile(file);
}
