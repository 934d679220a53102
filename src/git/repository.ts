import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { readIfExists, readPlainFile, statSync } from "../base/files.ts";
import type { ObjectId } from "./ids.ts";
import { repositoryRefused } from "./prose.ts";
import { tryGit } from "./run.ts";

/** Where the parts of a Git repository lie; found without starting git. All paths absolute. */
export interface Repository {
  /** Top of the work tree. */
  readonly workTree: string;
  /** This work tree's own git directory: HEAD and index. */
  readonly gitDir: string;
  /** Shared by linked work trees: objects, refs, config. Equals gitDir in a plain clone. */
  readonly commonDir: string;
  readonly objectFormat: "sha1" | "sha256";
  /** What core.sharedRepository gives to others than the owner of new objects: bits of a mode, 0 for none. */
  readonly sharedBits: number;
}

function readGitDir(workTree: string): string {
  const dotGit = path.join(workTree, ".git");
  if (statSync(dotGit).isDirectory()) return dotGit;
  const link = /^gitdir: (.+?)\s*$/.exec(readPlainFile(dotGit).toString())?.[1];
  if (link === undefined)
    throw new SweeplineError({ code: "GIT_DIR_BROKEN", message: `'${dotGit}' does not name a Git directory` });
  return path.resolve(workTree, link);
}

/** @param workTree the folder that holds `.git` (a folder, or a file in a linked work tree or submodule). */
export function openRepository(workTree: string): Repository {
  const gitDir = readGitDir(workTree);
  const common = readIfExists(path.join(gitDir, "commondir"))?.toString().trim();
  const commonDir = common === undefined ? gitDir : path.resolve(gitDir, common);
  const config = readIfExists(path.join(commonDir, "config"))?.toString() ?? "";
  const objectFormat = /^\s*objectformat\s*=\s*sha256\s*$/im.test(config) ? "sha256" : "sha1";
  return { workTree, gitDir, commonDir, objectFormat, sharedBits: sharedBitsOf(config) };
}

/** What core.sharedRepository gives to others than the owner: bits of a mode. */
function sharedBitsOf(config: string): number {
  const value = /^\s*sharedrepository\s*=\s*"?(\w+)/im.exec(config)?.[1]?.toLowerCase() ?? "";
  if (/^(group|true|yes|on|1)$/.test(value)) return 0o060;
  if (/^(all|world|everybody|2)$/.test(value)) return 0o064;
  return /^0[0-7]{3}$/.test(value) ? Number.parseInt(value, 8) & 0o066 : 0;
}

export function zeroId(repository: Repository): ObjectId {
  return "0".repeat(repository.objectFormat === "sha1" ? 40 : 64) as ObjectId;
}

/** The commit that a revision names, or undefined. Throws GIT_REFUSED where git refuses the repository itself. */
export async function resolveCommit(repository: Repository, revision: string): Promise<ObjectId | undefined> {
  // Of `:/text` all that follows is the text, and what it finds is a commit.
  const wanted = revision.startsWith(":/") ? revision : `${revision}^{commit}`;
  const outcome = await tryGit(["rev-parse", "--verify", "--quiet", "--end-of-options", wanted], {
    cwd: repository.workTree,
  });
  if (outcome.exitCode === 0) return outcome.stdout.toString().trim() as ObjectId;
  const refused = repositoryRefused(outcome.stderr);
  if (refused !== undefined) throw refused;
  return undefined;
}

/** HEAD's commit; refuses a repository without commits, as DVC does. */
export async function headCommit(repository: Repository): Promise<ObjectId> {
  const commit = await resolveCommit(repository, "HEAD");
  if (commit === undefined) throw noCommits();
  return commit;
}

export function noCommits(): SweeplineError {
  return new SweeplineError({
    code: "NO_COMMITS",
    message: "the Git repository has no commits yet",
    hint: "Commit the pipeline first: experiments derive from a commit.",
  });
}
