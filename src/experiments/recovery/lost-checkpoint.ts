/** A run in the workspace that was killed while it made checkpoints. */
import { note } from "../../base/trace.ts";
import type { ObjectId } from "../../git/ids.ts";
import { changeRefs } from "../../git/refs.ts";
import { resolveCommit } from "../../git/repository.ts";
import { checkpointPlace, clearSignal } from "../../pipeline/processes/checkpoint-signal.ts";
import { type ChainTip, findChain } from "../checkpoints/chain.ts";
import { restoreCheckpoint } from "../checkpoints/outputs.ts";
import { asPartial } from "../checkpoints/rewritten.ts";
import { appliedRef, type ExperimentsContext, experimentRef } from "../repository.ts";
import { endWorkspaceRun, toldWorkspaceRun } from "../runs/workspace-run.ts";

/** The checkpoint that a run which was not done leaves as its last one: no finished point. */
async function leftTip({ repository }: ExperimentsContext, baseline: ObjectId, tip: ChainTip): Promise<ObjectId> {
  const commit = await asPartial(repository, tip.commit);
  if (commit === undefined || commit === tip.commit) return tip.commit;
  const isApplied = (await resolveCommit(repository, appliedRef)) === tip.commit;
  await changeRefs(repository, "sweepline: checkpoint of a lost run", [
    { kind: "update", ref: experimentRef(baseline, tip.name), from: tip.commit, to: commit },
    ...(isApplied ? [{ kind: "update", ref: appliedRef, from: tip.commit, to: commit } as const] : []),
  ]);
  return commit;
}

/**
 * Takes the signal that nobody answers any more away, and makes the outputs those of the last checkpoint: of the run, or of what it
 * went on from. Called once its stages have ended, by who holds the workspace's lock. May be killed and called again.
 */
export async function restoreLostCheckpoint(context: ExperimentsContext): Promise<void> {
  const { project, repository, state } = context;
  const run = toldWorkspaceRun(state);
  if (run?.mark === undefined) return;
  clearSignal(checkpointPlace(project.tmpDir));
  const tip = await findChain(repository, run, run.mark);
  const commit = (tip && (await leftTip(context, run.baseline, tip))) ?? run.from;
  note("run", () => `'${run.name}' was killed: ${commit === undefined ? "no checkpoint" : `back to ${commit}`}`);
  if (commit !== undefined) await restoreCheckpoint(context, commit, "replace");
  endWorkspaceRun(state);
}
