/** Points that go on from a checkpoint, not from the workspace. */
import type { ObjectId } from "../../git/ids.ts";
import { git } from "../../git/run.ts";
import type { ParamFilesRequest } from "../point/param-edits.ts";
import { type StartingPoint, sourceFrom } from "../point/params-from-tree.ts";
import { PointInputs } from "../point/point-inputs.ts";
import type { ExperimentsContext } from "../repository.ts";
import { resolveExperiment } from "../results/finished.ts";

export interface StartedInputs {
  readonly inputs: PointInputs;
  readonly from: StartingPoint;
}

/** The files that points start from: those of an experiment's name, or of a commit of its chain. Errors: NOT_AN_EXPERIMENT, NAME_AMBIGUOUS, OUTSIDE_REPOSITORY. */
export async function inputsFromCheckpoint(
  context: ExperimentsContext,
  request: ParamFilesRequest,
  checkpoint: string,
): Promise<StartedInputs> {
  const { commit, baseline } = await resolveExperiment(context, checkpoint);
  const tree = (await git(["rev-parse", `${commit}^{tree}`], { cwd: context.repository.workTree })).trim() as ObjectId;
  const from = { commit, tree, baseline };
  return { from, inputs: new PointInputs(context, request, await sourceFrom(context, from, request)) };
}
