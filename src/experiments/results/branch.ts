import { SweeplineError } from "../../base/errors.ts";
import type { RefName } from "../../git/ids.ts";
import { isBranchName } from "../../git/porcelain.ts";
import { RefTransactions, refsRefused } from "../../git/refs.ts";
import type { ExperimentsContext } from "../repository.ts";
import { resolveExperiment } from "./finished.ts";

/** Makes a branch at an experiment's commit. Throws BRANCH_EXISTS, BAD_BRANCH, REFS_REFUSED. Returns the branch's name. */
export async function branchFromExperiment(
  context: ExperimentsContext,
  name: string,
  branch = `${name}-branch`,
): Promise<string> {
  const experiment = await resolveExperiment(context, name);
  // `@` alone is short for HEAD.
  if (branch === "@" || !(await isBranchName(context.repository, branch)))
    throw new SweeplineError({ code: "BAD_BRANCH", message: `'${branch}' is not a name for a Git branch` });
  const refs = new RefTransactions(context.repository, `dvc: Created from experiment '${experiment.name}'`);
  const outcome = await refs.commit([
    { kind: "create", ref: `refs/heads/${branch}` as RefName, to: experiment.commit },
  ]);
  await refs.close();
  if (outcome.kind === "committed") return branch;
  if (outcome.why !== "exists") throw refsRefused(outcome);
  throw new SweeplineError({
    code: "BRANCH_EXISTS",
    message: `Git branch '${branch}' already exists.`,
    hint: "Give another name: sweepline exp branch EXPERIMENT BRANCH",
  });
}
