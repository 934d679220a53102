/** The clone that a job or a plan works in: its commit, its changes, its remotes, and who commits. */
import { SweeplineError } from "../base/errors.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { hasGitRemote } from "../git/remote.ts";
import { resolveCommit } from "../git/repository.ts";
import { git, tryGit } from "../git/run.ts";
import { folderInGit } from "../project/in-git.ts";
import { openProject } from "../project/open.ts";
import type { Project } from "../project/project.ts";
import { defaultRemoteName, openRemote } from "../store/remotes/open.ts";
import type { StorageRemote } from "../store/remotes/types.ts";
import type { SweepPlan } from "./plan.ts";

/** The folder of the project in its repository, with slashes; "" at its top, and where there is none. */
export function projectFolder(cwd: string): string {
  try {
    return folderInGit(openProject(cwd));
  } catch (error) {
    if (error instanceof SweeplineError) return "";
    throw error;
  }
}

/** Tracked files that differ from the last commit. */
export async function trackedChanges({ repository }: ExperimentsContext): Promise<readonly string[]> {
  const args = ["-c", "core.quotePath=false", "diff", "--name-only", "-z", "HEAD", "--"];
  return (await git(args, { cwd: repository.workTree })).split("\0").filter((name) => name !== "");
}

/** The storage remote that jobs use where none is named; warns of one that each of them would refuse. */
export function usableStorage(project: Project, warn: (message: string) => void): StorageRemote | undefined {
  const name = defaultRemoteName(project);
  try {
    return name === undefined ? undefined : openRemote(project, name);
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    warn(
      `each job will refuse to run: ${error.message}. With --no-cache, for run and collect, it leaves the data behind`,
    );
    return undefined;
  }
}

/** Throws PLAN_STALE where HEAD is not the plan's commit: its points would be of another pipeline. */
export async function checkHead({ repository }: ExperimentsContext, plan: SweepPlan): Promise<void> {
  const head = await resolveCommit(repository, "HEAD");
  if (head === plan.baseline) return;
  throw new SweeplineError({
    code: "PLAN_STALE",
    message: `the plan is of commit ${plan.baseline}, and HEAD is ${head ?? "no commit"}`,
    hint: "Check out the plan's commit in every job, or plan again.",
  });
}

/** --git-remote, or exp.git_remote, or origin. Throws NO_GIT_REMOTE where it is a name that is not configured. */
export async function gitRemoteOf(context: ExperimentsContext, asked: string | undefined): Promise<string> {
  const name = asked ?? context.project.config.get("exp.git_remote") ?? "origin";
  if (await hasGitRemote(context.repository, name)) return name;
  throw new SweeplineError({
    code: "NO_GIT_REMOTE",
    message: `there is no Git remote '${name}'`,
    hint: "--git-remote names another one, or a URL.",
  });
}

/** Where results are fetched from; undefined: nobody has named a remote, and there is none of the usual name. */
export async function resultsRemote(
  context: ExperimentsContext,
  asked: string | undefined,
): Promise<string | undefined> {
  const isNamed = asked !== undefined || context.project.config.get("exp.git_remote") !== undefined;
  if (!isNamed && !(await hasGitRemote(context.repository, "origin"))) return undefined;
  return gitRemoteOf(context, asked);
}

/** Results have to be committed by somebody; a CI runner often has nobody configured. */
export async function ensureIdentity({ repository }: ExperimentsContext): Promise<void> {
  const known = await tryGit(["var", "GIT_COMMITTER_IDENT"], { cwd: repository.workTree });
  if (known.exitCode === 0) return;
  for (const role of ["AUTHOR", "COMMITTER"]) {
    process.env[`GIT_${role}_NAME`] ??= "sweepline";
    process.env[`GIT_${role}_EMAIL`] ??= "sweepline@localhost";
  }
}
