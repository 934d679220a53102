/** Files of one commit of another repository: those that an import names, or all of them. */
import path from "node:path";
import { asideName } from "../base/asides.ts";
import { SweeplineError } from "../base/errors.ts";
import { lstatIfExists, makeFolder, removeTree, writePrivateFile } from "../base/files.ts";
import type { ObjectId } from "./ids.ts";
import { listPaths, listTree } from "./list-tree.ts";
import { remoteFailed, shownRemote } from "./remote.ts";
import { type GitOptions, gitFailed, tryGit } from "./run.ts";

export interface SourceCommit {
  /** As git takes it: a path, a URL, host:path. */
  readonly url: string;
  readonly commit: string;
}

/** Where the files go that are asked for. */
export interface SourceTree {
  readonly folder: string;
  /** Writes what the commit has at that path below `folder`; links become files that hold their target. */
  write(name: string): Promise<"written" | "not there">;
}

const fetchFlags = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];

/** The commit alone where the other side gives it, else all that it has. */
async function fetchCommit({ url, commit }: SourceCommit, options: GitOptions): Promise<void> {
  const talking: GitOptions = { ...options, terminal: "needed" };
  const alone = await tryGit([...fetchFlags, "--depth=1", "--end-of-options", url, commit], talking);
  if (alone.exitCode === 0) return;
  const all = await tryGit([...fetchFlags, "--end-of-options", url, "+refs/*:refs/*"], talking);
  if (all.exitCode !== 0) throw remoteFailed("fetch from", url, all.stderr);
  if ((await tryGit(["cat-file", "-e", `${commit}^{commit}`], options)).exitCode === 0) return;
  throw new SweeplineError({
    code: "UNKNOWN_REVISION",
    message: `'${url}' has no commit ${commit.slice(0, 10)}`,
  });
}

function settings(): string {
  // A link of a stranger's may lead to any file of ours: it is read as what it says.
  return ["[core]", "\trepositoryformatversion = 0", "\tbare = false", "\tsymlinks = false", ""].join("\n");
}

/** Calls `work` with the commit's files, which are fetched into a folder below `scratchFolder` and removed afterwards. Errors: GIT_REMOTE_FAILED, UNKNOWN_REVISION. */
export async function withSourceCommit<T>(
  source: SourceCommit,
  scratchFolder: string,
  work: (tree: SourceTree) => Promise<T>,
): Promise<T> {
  const place = asideName(path.join(scratchFolder, "import"));
  const [gitDir, folder] = [path.join(place, "git"), path.join(place, "tree")];
  const options: GitOptions = { cwd: place, env: { GIT_DIR: gitDir, GIT_WORK_TREE: folder } };
  try {
    for (const each of [path.join(gitDir, "refs"), path.join(gitDir, "objects"), folder]) makeFolder(each);
    writePrivateFile(path.join(gitDir, "HEAD"), "ref: refs/heads/none\n");
    writePrivateFile(path.join(gitDir, "config"), settings());
    await fetchCommit(source, options);
    return await work({
      folder,
      async write(name) {
        const listed = await listPaths(options, source.commit as ObjectId, [name]);
        if (listed.length === 0) return "not there";
        const args = ["-c", "core.autocrlf=false", "checkout", "--quiet", source.commit, "--", `:(literal)${name}`];
        const { exitCode, stderr } = await tryGit(args, options);
        if (exitCode !== 0) throw gitFailed(args, stderr);
        return "written";
      },
    });
  } finally {
    if (lstatIfExists(place) !== undefined) removeTree(place);
  }
}

/** Nothing of the other repository runs, and no link of its leads anywhere: links become files that hold their target. */
const careful = ["core.symlinks=false", "core.hooksPath=/dev/null", "core.autocrlf=false"].flatMap((each) => [
  "-c",
  each,
]);

export interface CloneRequest {
  /** As git takes it: a path, a URL, host:path. */
  readonly url: string;
  /** undefined: what its HEAD is. */
  readonly rev: string | undefined;
  /** A folder that is not there yet. */
  readonly folder: string;
}

async function resolveRevision(rev: string | undefined, url: string, options: GitOptions): Promise<ObjectId> {
  for (const name of rev === undefined ? ["HEAD"] : [`refs/remotes/origin/${rev}`, rev]) {
    const { exitCode, stdout } = await tryGit(
      ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`],
      options,
    );
    if (exitCode === 0) return stdout.toString().trim() as ObjectId;
  }
  const message = rev === undefined ? `'${shownRemote(url)}' has no commits` : `unknown Git revision '${rev}'`;
  throw new SweeplineError({ code: "UNKNOWN_REVISION", message });
}

/** Clones and checks out. Answers the commit. Errors: GIT_REMOTE_FAILED, GIT_REMOTE_DENIED, UNKNOWN_REVISION, REVISION_TOO_LARGE. */
export async function cloneSource({ url, rev, folder }: CloneRequest): Promise<ObjectId> {
  makeFolder(path.dirname(folder));
  const flags = ["--quiet", "--no-checkout", "--no-recurse-submodules", "--end-of-options"];
  const cloned = await tryGit([...careful, "clone", ...flags, url, folder], {
    cwd: path.dirname(folder),
    terminal: "needed",
  });
  if (cloned.exitCode !== 0) throw remoteFailed("clone", url, cloned.stderr);
  const options: GitOptions = { cwd: folder };
  const commit = await resolveRevision(rev, url, options);
  // A few trees within each other are a billion files.
  await listTree({ workTree: folder }, commit);
  const args = [...careful, "checkout", "--quiet", "--detach", commit];
  const { exitCode, stderr } = await tryGit(args, options);
  if (exitCode !== 0) throw gitFailed(args, stderr);
  return commit;
}
