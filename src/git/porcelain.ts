/** Git's everyday commands, through simple-git: for the few places where a person would type them. */
import { GitError, type SimpleGit, simpleGit } from "simple-git";
import { beforeEffect } from "../base/effects.ts";
import { isSystemError, SweeplineError } from "../base/errors.ts";
import { needDescriptors } from "../base/open-files.ts";
import { type Span, traced } from "../base/trace.ts";
import type { ObjectId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import { gitEnvironment, gitFailed, gitMissing, tryGit } from "./run.ts";

function porcelain(folder: string): SimpleGit {
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
  return simpleGit({ baseDir: folder, errors, ...allowed })
    .env(environment)
    .outputHandler(saySomething);
}

/** simple-git waits 50 ms more for the output of a command that said nothing; an empty piece of output is enough for it. */
function saySomething(_command: string, stdout: NodeJS.ReadableStream): void {
  setImmediate(() => stdout.emit("data", Buffer.alloc(0)));
}

interface Call {
  readonly name: string;
  readonly args: readonly string[];
}

/** Two for each stream of a process, and some for how it begins. */
const descriptorsOfProcess = 10;

/** One command, told where somebody looks. Throws GIT_FAILED with git's own words; GIT_NOT_STARTED. */
async function run<T>(folder: string, { name, args }: Call, command: (git: SimpleGit) => Promise<T>): Promise<T> {
  const span: Span<T> = { topic: "git", name, detail: () => `${args.join(" ")}: in ${folder}` };
  try {
    beforeEffect("git", name);
    // simple-git takes a process without streams for one with them, and nobody could catch what comes of it.
    needDescriptors(descriptorsOfProcess);
    return await traced<Promise<T>>(span as Span<Awaited<T>>, async () => command(porcelain(folder)));
  } catch (error) {
    if (isSystemError(error, "EMFILE", "ENFILE")) throw gitMissing(error);
    if (!(error instanceof GitError)) throw error;
    throw gitFailed([name, ...args], error.message);
  }
}

/** Adds files to the user's index, ignored ones refused as `git add` refuses them. */
export async function stageFiles({ workTree }: Repository, files: readonly string[]): Promise<void> {
  const args = ["--", ...files];
  if (files.length > 0) await run(workTree, { name: "add", args }, (git) => git.add(args));
}

/** A stash commit of all changes of tracked files, stored nowhere; undefined where nothing was changed. */
export async function createStash(repository: Repository, message: string): Promise<ObjectId | undefined> {
  const args = ["create", message];
  const create = (): Promise<string> => run(repository.workTree, { name: "stash", args }, (git) => git.stash(args));
  // Over files that were touched but not changed, git brings its index up to date and fails without a word: once.
  const again = (error: unknown) => {
    if (!(error instanceof SweeplineError) || error.code !== "GIT_FAILED") throw error;
    return create();
  };
  const id = (await create().catch(again)).trim();
  return id === "" ? undefined : (id as ObjectId);
}

/** Makes the index equal to HEAD; the work tree stays as it is. */
export async function resetIndex({ workTree }: Repository): Promise<void> {
  const args = ["--quiet", "--mixed"];
  await run(workTree, { name: "reset", args }, (git) => git.reset(args));
}

export interface GitVersion {
  /** `2.39.5`, with what a vendor adds. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** The Git that is found from a folder; undefined where there is none. */
export async function gitVersion(folder: string): Promise<GitVersion | undefined> {
  const found = await run(folder, { name: "version", args: [] }, (git) => git.version());
  const { installed, major, minor, patch, agent } = found;
  if (!installed) return undefined;
  return { text: `${major}.${minor}.${patch}${agent && ` (${agent})`}`, major, minor };
}

/** Whether Git takes that name for a branch. */
export async function isBranchName(repository: Repository, name: string): Promise<boolean> {
  if (name.startsWith("-")) return false;
  const args = ["check-ref-format", `refs/heads/${name}`];
  const { exitCode, stderr } = await tryGit(args, { cwd: repository.workTree });
  if (exitCode > 1) throw gitFailed(args, stderr);
  return exitCode === 0;
}
