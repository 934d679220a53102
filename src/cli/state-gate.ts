/**
 * The gate of our state below .dvc/tmp: locks, claims, records, process tables, what was read before. It is written on this
 * machine and believed for that; what a clone brought there, files or links, is not.
 */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { lstatIfExists } from "../base/files.ts";
import { relativePosix } from "../base/paths.ts";
import { mayBeTracked } from "../git/index-scan.ts";
import { tryGit } from "../git/run.ts";
import { findGitRoot } from "../project/open.ts";
import { findDvcDir } from "../project/upwards.ts";

/** Below .dvc/tmp; DVC's own files beside them are tracked by mistake in some projects, and tell little. */
const ours = ["exps/sweepline", "sweepline"];

/**
 * Refuses to work with state that Git tracks, or that is reached through a link that it tracks. Git is only asked where its
 * index names something there. Throws STATE_TRACKED.
 */
export async function refuseTrackedState(folder: string): Promise<void> {
  const dvcDir = findDvcDir(folder);
  if (dvcDir === null) return;
  const isLinkAt = (name: string) => lstatIfExists(path.join(dvcDir, name))?.isSymbolicLink() === true;
  const isLink = isLinkAt("");
  const isState = ours.some((name) => lstatIfExists(path.join(dvcDir, "tmp", name)) !== undefined);
  if (!isLink && !isState && !isLinkAt("tmp") && !isLinkAt("tmp/exps")) return;
  const gitRoot = findGitRoot(path.dirname(dvcDir));
  if (gitRoot === null) return;
  const inside = relativePosix(gitRoot, dvcDir);
  if (mayBeTracked(gitRoot, isLink ? inside : `${inside}/tmp`) === "no") return;
  const tracked = await trackedBelow(gitRoot, inside);
  const state = ours.map((name) => `${inside}/tmp/${name}`);
  const found = tracked.find(
    ({ name, isFile }) => !isFile || state.some((each) => name === each || name.startsWith(`${each}/`)),
  );
  if (found !== undefined) throw refused(found.name);
}

interface TrackedName {
  readonly name: string;
  /** Not a link, nor a submodule. */
  readonly isFile: boolean;
}

/** .dvc itself, where it is no folder, and what is tracked below .dvc/tmp. */
async function trackedBelow(gitRoot: string, inside: string): Promise<readonly TrackedName[]> {
  const { stdout } = await tryGit(["ls-files", "-s", "-z", "--", `:(top,literal)${inside}`], { cwd: gitRoot });
  return stdout
    .toString()
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", name = ""] = /^(\d+) [0-9a-f]+ \d\t(.+)$/s.exec(line) ?? [];
      const isMeant = name === inside || name === `${inside}/tmp` || name.startsWith(`${inside}/tmp/`);
      return isMeant ? [{ name, isFile: mode.startsWith("100") }] : [];
    });
}

function refused(name: string): SweeplineError {
  return new SweeplineError({
    code: "STATE_TRACKED",
    message: `Git tracks '${name}', where sweepline keeps its own state of this machine; what came with a clone is not believed`,
    hint: `Look at it, then take it away: git rm -r -f '${name.replace(/(\/tmp)\/.*$/s, "$1")}', and commit that.`,
  });
}
