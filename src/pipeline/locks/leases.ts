/**
 * Leases on stage runs: who holds the lease of a run-cache key runs the stage, others wait and take its result.
 *
 * A lease only saves work. Where it can't be had (a cache that can't be written, a file system without links) the stage runs,
 * and where two take one, as two machines on one cache may, it runs twice. What a dead process leaves behind counts for nothing.
 */
import path from "node:path";
import { isSystemError } from "../../base/errors.ts";
import { removeFile } from "../../base/files.ts";
import { makeSharedFolder, type Sharing } from "../../store/sharing.ts";
import { type LeaseAnswer, linkNames, linkOwner, removeDead, type StageRunner, takeLink } from "./owner-links.ts";

/** Leases, pins and the mark of a garbage collection. */
export const linksFolder = "running";

/** Makes the folder that leases are in. Where that is not to be had, there are no leases: takeLease() says so. */
export function makeLeaseFolder(cacheDir: string, sharing: Sharing): void {
  try {
    makeSharedFolder(path.join(cacheDir, linksFolder), sharing);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** @param key the run-cache key of the run */
export function takeLease(cacheDir: string, key: string, runner: StageRunner): LeaseAnswer {
  return takeLink(path.join(cacheDir, linksFolder, key), runner);
}

const ownNames = /^(?:[0-9a-f]{64}|pin-[\w-]+|collecting)$/;

/** Removes leases and pins that nobody can give back any more: of dead processes, and those of a lost thread of this process. */
export function dropLostLeases(cacheDir: string, lostRunner?: string): void {
  const folder = path.join(cacheDir, linksFolder);
  for (const name of linkNames(folder).filter((each) => ownNames.test(each))) {
    const file = path.join(folder, name);
    const owner = linkOwner(file);
    if (owner?.pid === process.pid && owner.id === lostRunner) removeFile(file);
    else if (owner === undefined) removeDead(file);
  }
}
