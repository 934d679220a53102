/** Whether Git tracks our state below .dvc/tmp. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { relativePosix } from "../base/paths.ts";
import { mayBeTracked } from "../git/index-scan.ts";
import { tryGit } from "../git/run.ts";
import { findGitRoot } from "../project/open.ts";

interface StatePlaces {
  /** Our folders, below .dvc/tmp. */
  readonly ours: readonly string[];
  /** Whether .dvc itself is a link. */
  readonly isLink: boolean;
  /** Links in the place of folders of the cache, from .dvc. */
  readonly caches: readonly string[];
}

/** Git is only asked where its index names something there. Throws STATE_TRACKED. */
export async function refuseTracked(dvcDir: string, { ours, isLink, caches }: StatePlaces): Promise<void> {
  const gitRoot = findGitRoot(path.dirname(dvcDir));
  if (gitRoot === null) return;
  const inside = relativePosix(gitRoot, dvcDir);
  const places = isLink ? [inside] : ["tmp", ...caches].map((name) => `${inside}/${name}`);
  if (places.every((place) => mayBeTracked(gitRoot, place) === "no")) return;
  const tracked = await trackedBelow(gitRoot, [inside, ...caches.map((name) => `${inside}/${name}`)]);
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

/** .dvc itself and folders of its cache, where they are none, and what is tracked below .dvc/tmp. */
async function trackedBelow(
  gitRoot: string,
  [inside = "", ...caches]: readonly string[],
): Promise<readonly TrackedName[]> {
  const { stdout } = await tryGit(["ls-files", "-s", "-z", "--", `:(top,literal)${inside}`], { cwd: gitRoot });
  return stdout
    .toString()
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", name = ""] = /^(\d+) [0-9a-f]+ \d\t(.+)$/s.exec(line) ?? [];
      const isMeant =
        name === inside || caches.includes(name) || name === `${inside}/tmp` || name.startsWith(`${inside}/tmp/`);
      return isMeant ? [{ name, isFile: mode.startsWith("100") }] : [];
    });
}

function refused(name: string): SweeplineError {
  return new SweeplineError({
    code: "STATE_TRACKED",
    message: `Git tracks '${name}', where sweepline keeps what is of this machine only; what came with a clone is not believed`,
    hint: `Look at it, then take it away: git rm -r -f '${name.replace(/(\/tmp)\/.*$/s, "$1")}', and commit that.`,
  });
}
