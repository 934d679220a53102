import { SweeplineError } from "../../base/errors.ts";
import { changeRefs } from "../../git/refs.ts";
import { refuseBranchName } from "../branch-names.ts";
import { checkName } from "../names.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";
import { listFinished, resolveExperiment } from "./finished.ts";

export type RenameOutcome = { readonly kind: "renamed"; readonly from: string } | { readonly kind: "same name" };

export interface RenameRequest {
  readonly from: string;
  readonly to: string;
  /** A name that is taken: refuse, or (--force) replace what has it. */
  readonly taken: "refuse" | "replace";
}

/** Gives a finished experiment another name: one ref transaction, the commit stays. Throws NAME_TAKEN. */
export async function renameExperiment(context: ExperimentsContext, request: RenameRequest): Promise<RenameOutcome> {
  checkName(request.to);
  const experiment = await resolveExperiment(context, request.from);
  if (experiment.name === request.to) return { kind: "same name" };
  await refuseBranchName(context, { name: request.to, taken: request.taken });
  const holder = (await listFinished(context, experiment.baseline)).find((item) => item.name === request.to);
  if (holder !== undefined && request.taken === "refuse")
    throw new SweeplineError({
      code: "NAME_TAKEN",
      message: `Cannot rename '${request.from}' to '${request.to}': an experiment of that name exists.`,
      hint: "Choose another name, or replace it with --force.",
    });
  const ref = experimentRef(experiment.baseline, request.to);
  await changeRefs(context.repository, "sweepline: renamed", [
    holder === undefined
      ? { kind: "create", ref, to: experiment.commit }
      : { kind: "update", ref, from: holder.commit, to: experiment.commit },
    { kind: "delete", ref: experiment.ref, from: experiment.commit },
  ]);
  return { kind: "renamed", from: experiment.name };
}
