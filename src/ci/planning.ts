/** Plans a sweep on the current commit: once, so that no job is refused what all would be refused. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { checkName } from "../experiments/names.ts";
import { type CompositionSettings, configsOf, expandOptions } from "../experiments/point/composition.ts";
import { readPoints } from "../experiments/point/read-points.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { headCommit } from "../git/repository.ts";
import { tryGit } from "../git/run.ts";
import { gridShape, type SweepShape } from "../sweep/shape.ts";
import { trackedChanges, usableStorage } from "./clone.ts";
import { type MadePlan, makePlan, type PlanSettings, plainRun, planDigest, planId, type SweepPlan } from "./plan.ts";
import { checkPlan } from "./plan-points.ts";
import { type PlannedPoints, tryPoints } from "./try-points.ts";

/** Where a plan is made. */
export interface Planning extends CompositionSettings {
  readonly context: ExperimentsContext;
  /** The working folder. */
  readonly folder: string;
  /** The text of the standard input. */
  readStdin(): Promise<string>;
}

/** How the points are run. */
export interface PlannedRun extends Omit<PlanSettings, "folder"> {
  /** -n */
  readonly name?: string | undefined;
}

export interface PlanningRequest extends PlannedRun {
  readonly overrides: readonly string[];
  readonly shape: SweepShape;
  /** --points */
  readonly pointsFile?: string | undefined;
}

/** Relative to the project, since the jobs have it elsewhere. */
function insideProject({ context, folder }: Planning, name: string): string {
  const relative = path.relative(context.project.root, path.resolve(folder, name));
  if (relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative)) return relative;
  throw new SweeplineError({
    code: "OUTSIDE_PROJECT",
    message: `'${name}' is outside of the project: a job has it not`,
  });
}

/** Throws OUTSIDE_PROJECT. */
export function runOf(
  planning: Planning,
  { targets, flags, message, composition, copyPaths }: PlannedRun,
): PlanSettings {
  return {
    folder: path.relative(planning.context.project.root, planning.folder),
    targets,
    flags,
    ...(message === undefined ? {} : { message }),
    composition,
    copyPaths: copyPaths.map((name) => insideProject(planning, name)),
  };
}

async function planHere(planning: Planning, request: PlanningRequest) {
  const { context, folder, readStdin } = planning;
  const { overrides, shape, pointsFile, name } = request;
  const configs = request.composition === "off" ? undefined : await configsOf(context.project, planning);
  const { points, words } = await readPoints({ overrides, shape, pointsFile, configs, folder, readStdin });
  const baseline = await headCommit(context.repository);
  const run = runOf(planning, request);
  const sweep = planId({ baseline, run, name }, words);
  const made = makePlan({ sweep, baseline, run, points, name });
  return { made, points, configs };
}

/** Throws PLAN_DIFFERS where the jobs would run other points than those that were emitted. */
function checkExpected(plan: SweepPlan, expected: string | undefined): void {
  if (expected === undefined || planDigest(plan) === expected) return;
  throw new SweeplineError({
    code: "PLAN_DIFFERS",
    message: "these overrides on this commit give another plan than the one that was emitted",
    hint: "A job makes the plan again with `matrix plan @sweep.txt`: commit the overrides in sweep.txt, plan so without options, and emit that.",
  });
}

/**
 * The plan of a sweep; warns of what the jobs will not have.
 * @param expected the digest of the plan that `emit` has seen. Errors: PLAN_DIFFERS, PLAN_NOT_EXACT, OUTSIDE_PROJECT, those of
 * points and of queueing them.
 */
export async function planSweep(
  planning: Planning,
  request: PlanningRequest,
  expected: string | undefined,
): Promise<MadePlan> {
  checkPointNames(request);
  const { made, points, configs } = await planHere(planning, request);
  checkExpected(made.plan, expected);
  await checkPlanned(planning, made.plan, { points, configs });
  return made;
}

/** Throws BAD_NAME. */
export function checkPointNames({ name }: PlannedRun): void {
  if (name !== undefined) checkName(`${name}-1`);
}

/** One refusal here instead of one a job; warns of what the jobs will not have. Errors: PLAN_NOT_EXACT, those of queueing points. */
export async function checkPlanned(
  { context, warn }: Planning,
  plan: SweepPlan,
  planned: Pick<PlannedPoints, "points" | "configs">,
): Promise<void> {
  checkPlan(plan, planned.points, expandOptions(planned.configs));
  await tryPoints(context, { sweep: plan, planned }, warn);
  if ((await trackedChanges(context)).length > 0)
    warn("the jobs run the last commit: changes that are not committed are not part of the plan");
  usableStorage(context.project, warn);
}

/** Throws PLAN_DIFFERS where the committed sweep.txt does not give the plan, as jobs without its file make it again. */
export async function checkReplanned(planning: Planning, plan: SweepPlan): Promise<void> {
  const { root } = planning.context.project;
  const file = path.join(root, "sweep.txt");
  const questions = [
    ["cat-file", "-e", `${plan.baseline}:./sweep.txt`],
    ["diff", "--quiet", plan.baseline, "--", file],
  ];
  for (const question of questions)
    if ((await tryGit(question, { cwd: root })).exitCode !== 0)
      throw new SweeplineError({
        code: "PLAN_DIFFERS",
        message: "jobs of this system make the plan again from sweep.txt, which is not committed as it is here",
        hint: "Commit the overrides in sweep.txt, plan with `matrix plan @sweep.txt`, and emit that.",
      });
  const { made } = await planHere(planning, { ...plainRun, overrides: [`@${file}`], shape: gridShape });
  checkExpected(made.plan, planDigest(plan));
}
