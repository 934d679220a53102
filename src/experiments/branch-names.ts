import { SweeplineError } from "../base/errors.ts";
import { listRefs } from "../git/refs.ts";
import type { NameChoice } from "./names.ts";
import type { ExperimentsContext } from "./repository.ts";

/**
 * Refuses, for a new experiment, the name of a branch: commands that take either would mean the branch. One that is
 * there already keeps its name (--force). Errors: BAD_NAME.
 */
export async function refuseBranchName({ repository }: ExperimentsContext, { name, taken }: NameChoice): Promise<void> {
  if (name === undefined || taken === "replace") return;
  const ref = `refs/heads/${name}`;
  if (!(await listRefs(repository, [ref])).some((item) => item.name === ref)) return;
  throw new SweeplineError({
    code: "BAD_NAME",
    message: `'${name}' can't be the name of an experiment: a branch has it, and commands would take the branch for it`,
    hint: "Choose another name.",
  });
}
