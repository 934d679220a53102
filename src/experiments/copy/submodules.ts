/**
 * Submodules in a workspace copy: those that are checked out in the user's work tree, at the commits that the experiment
 * names. Their files only, without a `.git`: a result records a submodule as the experiment had it. Objects and filters
 * are those of the user's own clone of the submodule, which is only read.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, largeFileBytes, lstatIfExists, makeFolder, readdirSync, readIfExists } from "../../base/files.ts";
import { removeStubborn } from "../../base/remove-stubborn.ts";
import { openRepository } from "../../git/repository.ts";
import { type GitOptions, tryGitSequence } from "../../git/run.ts";
import { listSubmodules, mayHoldSubmodules, type Submodule } from "../../git/submodules.ts";
import { sha256 } from "../../store/hash.ts";

export interface SubmodulePlaces {
  /** The work tree of the user, with the submodules as they are checked out. */
  readonly from: string;
  /** The copy of that work tree. */
  readonly to: string;
  /** What git commands on the copy need. */
  readonly settings: GitOptions;
  /** The index of the copy. */
  readonly index: string;
  /** A folder for indexes of submodules. */
  readonly indexes: string;
}

/** Hooks of the submodule are for the user's own work there. */
const pinned = ["-c", "core.hooksPath=/dev/null"];

/** Makes all submodules of the copy what they are to be; those that the user has not checked out are empty folders. */
export async function laySubmodules(places: SubmodulePlaces): Promise<void> {
  if (mayHoldSubmodules(readIfExists(places.index, largeFileBytes)) === "no") return;
  for (const submodule of await listSubmodules(places.settings)) await laySubmodule(places, submodule);
}

async function laySubmodule(places: SubmodulePlaces, submodule: Submodule): Promise<void> {
  const from = path.join(places.from, submodule.path);
  const to = ownFolder(places.to, submodule.path);
  if (!existsSync(path.join(from, ".git"))) {
    if (readdirSync(to).length > 0) removeStubborn(to);
    makeFolder(to);
    return;
  }
  // A stage may have made one: the next experiment's results would name its commit.
  removeStubborn(path.join(to, ".git"));
  makeFolder(places.indexes);
  const index = path.join(places.indexes, sha256(to));
  const settings = {
    cwd: to,
    env: { GIT_DIR: openRepository(from).gitDir, GIT_WORK_TREE: to, GIT_INDEX_FILE: index },
  };
  const outcome = await tryGitSequence(
    [
      [...pinned, "read-tree", "--reset", "-u", submodule.commit],
      [...pinned, "clean", "-ffdxq"],
    ],
    settings,
  );
  if (outcome.exitCode !== 0) throw unavailable(submodule, outcome.stderr);
  await laySubmodules({ from, to, settings, index, indexes: places.indexes });
}

/** The submodule's folder in the copy, as a folder of its own: what a stage put in its way, or a link, is removed. */
function ownFolder(top: string, inside: string): string {
  let folder = top;
  for (const part of inside.split("/")) {
    folder = path.join(folder, part);
    if (lstatIfExists(folder)?.isDirectory() !== true) removeStubborn(folder);
    makeFolder(folder);
  }
  return folder;
}

function unavailable({ path: name, commit }: Submodule, stderr: string): SweeplineError {
  return new SweeplineError({
    code: "SUBMODULE_UNAVAILABLE",
    message: `the submodule '${name}' can't be checked out at ${commit.slice(0, 7)}: ${stderr.trim().split("\n")[0] ?? ""}`,
    hint: `\`git -C ${name} fetch\` gets its commits, then run the experiment again.`,
  });
}
