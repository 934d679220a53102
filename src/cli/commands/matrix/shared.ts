/** What the `matrix` commands share. */
import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { errnoWords } from "../../../base/errno.ts";
import { SweeplineError, systemErrorCode } from "../../../base/errors.ts";
import { appendTo, closeSync, openAppend, readInputIfExists } from "../../../base/files.ts";
import { writeNamedFile } from "../../../base/named-output.ts";
import { matrixExitCodes } from "../../../ci/exit-codes.ts";
import { parsePlan, type SweepPlan } from "../../../ci/plan.ts";
import { samplePoints } from "../../../ci/plan-points.ts";
import { composedFile, type ProjectConfigs } from "../../../config/project-config.ts";
import { previewEnqueue } from "../../../experiments/make/enqueue.ts";
import type { EnqueueRequest } from "../../../experiments/make/enqueue-plan.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { hasGitRemote } from "../../../git/remote.ts";
import { resolveCommit } from "../../../git/repository.ts";
import { git, tryGit } from "../../../git/run.ts";
import { folderInGit } from "../../../project/in-git.ts";
import { openProject } from "../../../project/open.ts";
import type { Project } from "../../../project/project.ts";
import { defaultRemoteName, openRemote } from "../../../store/remotes/open.ts";
import type { StorageRemote } from "../../../store/remotes/types.ts";
import type { Point } from "../../../sweep/types.ts";
import { type Io, warn } from "../../terminal/io.ts";
import { checkCommands } from "../exp/shell-check.ts";

/** The folder of the project in its repository, with slashes; "" at its top, and where there is none. */
export function projectFolder(cwd: string): string {
  try {
    return folderInGit(openProject(cwd));
  } catch (error) {
    if (error instanceof SweeplineError) return "";
    throw error;
  }
}

const defaultPlanFile = "sweep.json";

/** Throws PLAN_MISSING, PLAN_INVALID. */
export function readPlan(file: string): SweepPlan {
  const text = withNamedFile(file, () => readInputIfExists(file))?.toString();
  if (text !== undefined) return parsePlan(text, file);
  throw new SweeplineError({
    code: "PLAN_MISSING",
    message: `there is no plan '${file}'`,
    hint: "`sweepline matrix plan OVERRIDE... -o sweep.json` writes one; a job gets it as an artifact, or makes it again.",
    exitCode: matrixExitCodes.usage,
  });
}

/** Does something to a file that the command line or the system names. Throws FILE_REFUSED where the path can't be used. */
export function withNamedFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new SweeplineError({
      code: "FILE_REFUSED",
      message: `'${file}' can't be used: ${errnoWords[code] ?? code}`,
      exitCode: matrixExitCodes.usage,
      cause: error,
    });
  }
}

/** `-` is standard output; so is its device, for which a closed pipe must mean the same. */
export function writeNamed(io: Io, file: string, text: string): void {
  if (file === "-" || file === "/dev/stdout") io.stdout.write(text);
  else withNamedFile(file, () => writeNamedFile(path.resolve(io.cwd, file), text));
}

export function appendNamed(file: string, text: string): void {
  withNamedFile(file, () => {
    const handle = openAppend(file);
    try {
      appendTo(handle, text);
    } finally {
      closeSync(handle);
    }
  });
}

/** Tracked files that differ from the last commit. */
export async function trackedChanges({ repository }: ExperimentsContext): Promise<readonly string[]> {
  const args = ["-c", "core.quotePath=false", "diff", "--name-only", "-z", "HEAD", "--"];
  return (await git(args, { cwd: repository.workTree })).split("\0").filter((name) => name !== "");
}

interface PlanPoints {
  readonly points: readonly Point[];
  readonly names?: readonly string[];
  readonly configs: ProjectConfigs | undefined;
}

interface Call {
  readonly io: Io;
  readonly context: ExperimentsContext;
}

interface PlannedSweep extends Pick<SweepPlan, "run"> {
  readonly sweep: string | undefined;
}

/** Points of a plan as they are queued in a job. */
export function planRequest(
  { project }: ExperimentsContext,
  { sweep, run }: PlannedSweep,
  points: PlanPoints,
): EnqueueRequest {
  return {
    ...points,
    numbered: false,
    folder: run.folder,
    name: undefined,
    message: run.message,
    sweep,
    targets: run.targets,
    flags: run.flags,
    copyPaths: run.copyPaths.map((name) => path.resolve(project.root, name)),
    samePoint: "ignore",
    // What a killed run of the same job left in the queue.
    takenName: "replace",
    failedBefore: "queue",
    claim: "leave",
  };
}

/**
 * Throws what every job would throw: for a key that is in no file, an unknown stage, a path that is not there; with
 * --strict for shell characters in a command, of which it warns else.
 */
export async function tryPoints(call: Call, sweep: PlannedSweep, planned: PlanPoints): Promise<void> {
  const { io, context } = call;
  const { points, configs } = planned;
  const composed = configs === undefined ? undefined : composedFile;
  const sample = samplePoints(points, (file) => file === composed);
  await previewEnqueue(context, planRequest(context, sweep, { ...planned, points: sample }));
  const texts = samplePoints(points, () => true);
  await checkCommands(io, context, {
    ...planRequest(context, sweep, { points: texts, configs }),
    configs,
    runs: "later",
  });
}

/** The storage remote that jobs use where none is named; warns of one that each of them would refuse. */
export function usableStorage(io: Io, project: Project): StorageRemote | undefined {
  const name = defaultRemoteName(project);
  try {
    return name === undefined ? undefined : openRemote(project, name);
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    warn(
      io,
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
    exitCode: matrixExitCodes.usage,
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
    exitCode: matrixExitCodes.usage,
  });
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

/** A number of jobs that a system is told; larger than what one machine takes. */
export function matrixJobs(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError("not a number of jobs (1 or more)");
  return Number(value);
}

export const packageText = "the package of sweepline that jobs install, as npm names it (default: this minor version)";

export function addPlanOption(command: Command): Command {
  return command.option("--plan <file>", "the plan", defaultPlanFile);
}
