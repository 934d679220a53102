/**
 * The gate of our state below .dvc/tmp: locks, claims, records, process tables, what was read before. It is written on this
 * machine and believed for that; what a clone brought there, files or links, is not.
 */
import path from "node:path";
import { lstatIfExists } from "../base/files.ts";
import { findDvcDir } from "../project/upwards.ts";

/** Below .dvc/tmp; DVC's own files beside them are tracked by mistake in some projects, and tell little. */
const ours = ["exps/sweepline", "sweepline"];

/**
 * Refuses to work with state that Git tracks, or that is reached through a link that it tracks. Where there is no state, nothing
 * is loaded for it. Throws STATE_TRACKED.
 */
export async function refuseTrackedState(folder: string): Promise<void> {
  const dvcDir = findDvcDir(folder);
  if (dvcDir === null) return;
  const isLinkAt = (name: string) => lstatIfExists(path.join(dvcDir, name))?.isSymbolicLink() === true;
  const isLink = isLinkAt("");
  const isState = ours.some((name) => lstatIfExists(path.join(dvcDir, "tmp", name)) !== undefined);
  if (!isLink && !isState && !isLinkAt("tmp") && !isLinkAt("tmp/exps")) return;
  const { refuseTracked } = await import("./tracked-state.ts");
  await refuseTracked(dvcDir, { ours, isLink });
}
