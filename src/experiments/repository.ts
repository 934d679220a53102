/** Everything a command on experiments needs, opened once. */
import { SweeplineError } from "../base/errors.ts";
import type { ObjectId, RefName } from "../git/ids.ts";
import { openRepository, type Repository } from "../git/repository.ts";
import type { Project } from "../project/project.ts";
import { type StateLayout, stateLayout } from "./layout.ts";

export interface ExperimentsContext {
  readonly project: Project;
  readonly repository: Repository;
  readonly state: StateLayout;
}

/** Refuses a project without Git, with DVC's words. */
export function openExperiments(project: Project): ExperimentsContext {
  if (project.gitRoot === null)
    throw new SweeplineError({
      code: "NO_GIT",
      message:
        "Only supported for Git repositories. If you're seeing this error in a Git repo, try updating the DVC configuration with `sweepline config core.no_scm false`.",
    });
  return { project, repository: openRepository(project.gitRoot), state: stateLayout(project) };
}

/** refs/exps/<2>/<38>/<name>: where a finished experiment of a baseline lies. */
export function experimentRef(baseline: ObjectId, name: string): RefName {
  return `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/${name}` as RefName;
}

/** The experiment that lies in the workspace, by DVC's ref. */
export const appliedRef = "refs/exps/exec/EXEC_APPLY" as RefName;

const experimentRefPattern = /^refs\/exps\/([0-9a-f]{2})\/([0-9a-f]{38}|[0-9a-f]{62})\/([^/]+)$/;

/** The parts of a finished experiment's ref, or undefined for any other ref. */
export function parseExperimentRef(ref: string): { readonly baseline: ObjectId; readonly name: string } | undefined {
  const found = experimentRefPattern.exec(ref);
  if (found === null) return undefined;
  return { baseline: `${found[1]}${found[2]}` as ObjectId, name: found[3] ?? "" };
}
