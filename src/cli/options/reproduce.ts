/** The options that `repro` and `exp run` share, and what they mean for the pipeline. */
import { type Command, InvalidArgumentError } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import type { ReproduceOptions } from "../../pipeline/types.ts";
import type { Project } from "../../project/project.ts";

export interface ReproduceFlags {
  readonly force?: boolean;
  readonly interactive?: boolean;
  readonly singleItem?: boolean;
  readonly pipeline?: boolean;
  readonly allPipelines?: boolean;
  readonly recursive?: boolean;
  readonly downstream?: boolean;
  readonly forceDownstream?: boolean;
  readonly pull?: boolean;
  readonly allowMissing?: boolean;
  readonly dry?: boolean;
  readonly glob?: boolean;
  /** false for --no-commit and --no-run-cache. */
  readonly commit?: boolean;
  readonly runCache?: boolean;
  readonly keepGoing?: boolean;
  readonly ignoreErrors?: boolean;
  readonly strict?: boolean;
}

export const strictHelp = "refuse, not warn, where a template would bring shell characters into a command";

/** Adds the options to a command; their values are its ReproduceFlags. */
export function addReproduceOptions(command: Command): Command {
  return command
    .option("-f, --force", "run stages even if nothing changed")
    .option("-i, --interactive", "ask before each stage runs")
    .option("-s, --single-item", "only the targets, without what they depend on")
    .option("-p, --pipeline", "the whole pipelines that the targets belong to")
    .option("-P, --all-pipelines", "all pipelines of the project")
    .option("-R, --recursive", "all stages of the folders given as targets")
    .option("--downstream", "the targets and the stages that depend on them")
    .option("--force-downstream", "run all descendants of a changed stage, even if they did not change")
    .option("--pull", "take missing data, and runs made elsewhere, from the storage remote")
    .option("--allow-missing", "skip stages of which only data is missing")
    .option("--glob", "targets may hold shell wildcards")
    .option("--no-commit", "do not put outputs into the cache")
    .option("--no-run-cache", "run stages even if the same run was made before")
    .option("--dry", "print the commands, run nothing")
    .option("-k, --keep-going", "go on with stages that do not depend on a failed one")
    .option("--ignore-errors", "go on as if failed stages had succeeded")
    .option("--strict", strictHelp);
}

/** Throws BAD_OPTIONS for options that make sense in the workspace only: the others run in copies of it. */
export function refuseWorkspaceRuns({ dry, interactive }: ReproduceFlags, command: "sweep" | "matrix plan"): void {
  if (!dry && !interactive) return;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `a sweep runs in copies of the workspace: \`${command}\` takes neither --dry nor --interactive`,
    hint: "`sweepline expand OVERRIDE...` shows its points.",
  });
}

/** A number of jobs; -1 for as many as there are processors is not offered: say how many. */
export function jobs(value: string): number {
  if (!/^0*[1-9]\d{0,3}$/.test(value))
    throw new InvalidArgumentError(
      /^0*[1-9]\d*$/.test(value) ? "more than 9999 jobs" : "not a number of jobs (1 or more)",
    );
  return Number(value);
}

/** Whether a run in the workspace asks before each stage. Refuses to ask where several may run at once. */
export function asksStages(
  project: Project,
  { interactive, jobs }: ReproduceFlags & { readonly jobs?: unknown },
): boolean {
  const asks = interactive === true || project.config.interactive;
  if (asks && typeof jobs === "number" && jobs > 1)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: `${interactive ? "--interactive" : "core.interactive"} asks stage by stage: it can't be used with --jobs above 1`,
    });
  return asks;
}

export type SharedReproduceOptions = Pick<
  ReproduceOptions,
  | "targets"
  | "force"
  | "interactive"
  | "singleItem"
  | "pipeline"
  | "allPipelines"
  | "recursive"
  | "downstream"
  | "forceDownstream"
  | "pull"
  | "allowMissing"
  | "dry"
  | "onError"
  | "strict"
  | "glob"
  | "commit"
  | "useRunCache"
>;

/** The pipeline's options for the flags of a command line. */
export function reproduceOptions(targets: readonly string[], flags: ReproduceFlags): SharedReproduceOptions {
  return {
    targets,
    force: flags.force === true,
    interactive: flags.interactive === true,
    singleItem: flags.singleItem === true,
    pipeline: flags.pipeline === true,
    allPipelines: flags.allPipelines === true,
    recursive: flags.recursive === true,
    downstream: flags.downstream === true,
    forceDownstream: flags.forceDownstream === true,
    pull: flags.pull === true,
    allowMissing: flags.allowMissing === true,
    dry: flags.dry === true,
    glob: flags.glob === true,
    commit: flags.commit !== false,
    useRunCache: flags.runCache !== false,
    strict: flags.strict === true,
    onError: flags.ignoreErrors === true ? "ignore" : flags.keepGoing === true ? "keep-going" : "stop",
  };
}
