import { SweeplineError } from "../base/errors.ts";
import { listRefs } from "../git/refs.ts";
import type { NameChoice } from "./names.ts";
import type { ExperimentsContext } from "./repository.ts";

/**
 * Refuses, for a new experiment, the name of a branch or a tag: commands that take either would mean that. One that is
 * there already keeps its name (--force). Errors: BAD_NAME.
 */
export async function refuseBranchName({ repository }: ExperimentsContext, { name, taken }: NameChoice): Promise<void> {
  if (name === undefined || taken === "replace") return;
  const kinds = { [`refs/heads/${name}`]: "branch", [`refs/tags/${name}`]: "tag" };
  const found = (await listRefs(repository, Object.keys(kinds))).find((item) => Object.hasOwn(kinds, item.name));
  if (found === undefined) return;
  const kind = kinds[found.name];
  throw new SweeplineError({
    code: "BAD_NAME",
    message: `'${name}' can't be the name of an experiment: a ${kind} has it, and commands would take the ${kind} for it`,
    hint: "Choose another name.",
  });
}
