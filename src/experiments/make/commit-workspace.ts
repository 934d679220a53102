import type { ObjectId } from "../../git/ids.ts";
import { stamp, writeCommit } from "../../git/objects.ts";
import { changeRefs } from "../../git/refs.ts";
import { snapshotWorkTree } from "../../git/snapshot.ts";
import { type ExperimentFacts, factsHeader } from "../record.ts";
import { type ExperimentsContext, experimentRef } from "../repository.ts";

export interface WorkspaceCommit {
  readonly name: string;
  readonly baseline: ObjectId;
  readonly facts: ExperimentFacts;
  readonly message: string;
  /** `Name <mail>`: asked for before anything runs, so that nothing is lost where nobody is configured. */
  readonly author: string;
  /** Files to take though Git does not track them, from the top of the work tree. */
  readonly include: readonly string[];
  /** A name that is taken: refuse, or replace what has it. */
  readonly taken: "refuse" | "replace";
}

/** Keeps the workspace as it is as a finished experiment; HEAD, index and files stay. Throws REFS_REFUSED. */
export async function commitWorkspace(context: ExperimentsContext, request: WorkspaceCommit): Promise<ObjectId> {
  const { repository, state } = context;
  const { name, baseline, facts, message, author, include, taken } = request;
  const { workTree } = await snapshotWorkTree(repository, { scratchFolder: state.scratch, include });
  const commit = writeCommit(repository, {
    tree: workTree,
    parents: [baseline],
    author: stamp(author, new Date()),
    extraHeaders: factsHeader(facts),
    message,
  });
  const kind = taken === "replace" ? "set" : "create";
  const ref = experimentRef(baseline, name);
  await changeRefs(repository, "sweepline: experiment finished", [{ kind, ref, to: commit }]);
  return commit;
}
