/** Git's everyday commands, through simple-git: for the few places where a person would type them. */
import { GitError, type SimpleGit, simpleGit } from "simple-git";
import { beforeEffect } from "../base/effects.ts";
import { type Span, traced } from "../base/trace/trace.ts";
import type { ObjectId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import { gitEnvironment, gitFailed, tryGit } from "./run.ts";

function porcelain(repository: Repository): SimpleGit {
  const environment: Record<string, string> = {};
  // simple-git refuses variables through which a command could be run (an editor, a pager, ssh): none of these needs one.
  for (const [name, value] of Object.entries(gitEnvironment()))
    if (
      value !== undefined &&
      (!name.startsWith("GIT_") || /^GIT_(AUTHOR|COMMITTER|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM))/.test(name))
    )
      if (!/^(EDITOR|PAGER|VISUAL|SSH_ASKPASS|PREFIX)$/.test(name)) environment[name] = value;
  // What is left comes from the user's own environment: their config files and their name are theirs to choose.
  const allowed = { allowEnvironment: Object.keys(environment), unsafe: { allowUnsafeConfigPaths: true } };
  // Without this, a command that fails without a word would count as done.
  const errors = (error: Buffer | Error | undefined, result: { readonly exitCode: number }) =>
    error ?? (result.exitCode === 0 ? undefined : new Error(`exit code ${result.exitCode}`));
  return simpleGit({ baseDir: repository.workTree, errors, ...allowed }).env(environment);
}

/** Runs one command; throws GIT_FAILED with git's own words. */
async function run(repository: Repository, args: readonly string[]): Promise<string> {
  try {
    beforeEffect("git", args[0] ?? "");
    const span: Span<string> = {
      topic: "git",
      name: args[0] ?? "",
      detail: () => `${args.slice(1).join(" ")}: in ${repository.workTree}`,
    };
    return await traced(span, async () => porcelain(repository).raw([...args]));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw gitFailed(args, error.message);
  }
}

/** Adds files to the user's index, ignored ones refused as `git add` refuses them. */
export async function stageFiles(repository: Repository, files: readonly string[]): Promise<void> {
  if (files.length > 0) await run(repository, ["add", "--", ...files]);
}

/** A stash commit of all changes of tracked files, stored nowhere; undefined where nothing was changed. */
export async function createStash(repository: Repository, message: string): Promise<ObjectId | undefined> {
  // Over files that were touched but not changed, `stash create` fails without a word. This exits with 1 where they were changed.
  await tryGit(["update-index", "-q", "--refresh"], { cwd: repository.workTree });
  const id = (await run(repository, ["stash", "create", message])).trim();
  return id === "" ? undefined : (id as ObjectId);
}

/** Makes the index equal to HEAD; the work tree stays as it is. */
export async function resetIndex(repository: Repository): Promise<void> {
  await run(repository, ["reset", "--quiet", "--mixed"]);
}

/** Whether Git takes that name for a branch. */
export async function isBranchName(repository: Repository, name: string): Promise<boolean> {
  if (name.startsWith("-")) return false;
  const args = ["check-ref-format", `refs/heads/${name}`];
  const { exitCode, stderr } = await tryGit(args, { cwd: repository.workTree });
  if (exitCode > 1) throw gitFailed(args, stderr);
  return exitCode === 0;
}
