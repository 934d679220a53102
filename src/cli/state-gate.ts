/**
 * The gate of our state below .dvc/tmp: locks, claims, records, process tables, what was read before. It is written on this
 * machine and believed for that; what a clone brought there, files or links, is not.
 */
import path from "node:path";
import { lstatIfExists } from "../base/files.ts";
import { throwAwayOddState } from "../experiments/odd-state.ts";
import { findDvcDir } from "../project/upwards.ts";

/** Folders of the cache: what is stored goes through a link in the place of one. */
const ofCache = ["cache", "cache/files", "cache/files/md5", "cache/runs"];

/** Below .dvc/tmp; DVC's own files beside them are tracked by mistake in some projects, and tell little. */
const ours = ["exps/sweepline", "sweepline"];

/**
 * Refuses to work with state that Git tracks, or that is reached through a link that it tracks; a cache so reached too. Where
 * there is no state and no link, nothing is loaded for it. What is in the place of state and is no file is thrown away.
 * Throws STATE_TRACKED.
 */
export async function refuseTrackedState(folder: string): Promise<void> {
  const dvcDir = findDvcDir(folder);
  if (dvcDir === null) return;
  const isLinkAt = (name: string) => lstatIfExists(path.join(dvcDir, name))?.isSymbolicLink() === true;
  const isLink = isLinkAt("");
  const isState = ours.some((name) => lstatIfExists(path.join(dvcDir, "tmp", name)) !== undefined);
  const caches = ofCache.filter(isLinkAt);
  const isNothing = !isLink && !isState && caches.length === 0 && !isLinkAt("tmp") && !isLinkAt("tmp/exps");
  if (!isNothing) {
    const { refuseTracked } = await import("./tracked-state.ts");
    await refuseTracked(dvcDir, { ours, isLink, caches });
  }
  throwAwayOddState(path.join(dvcDir, "tmp"));
}
