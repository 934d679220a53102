/** A run in the workspace that was killed while it made checkpoints. */
import { note } from "../../base/trace.ts";
import { checkpointPlace, clearSignal } from "../../pipeline/processes/checkpoint-signal.ts";
import { findChain } from "../checkpoints/chain.ts";
import { restoreCheckpoint } from "../checkpoints/outputs.ts";
import type { ExperimentsContext } from "../repository.ts";
import { endWorkspaceRun, toldWorkspaceRun } from "../runs/workspace-run.ts";

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
  const commit = tip?.commit ?? run.from;
  note("run", () => `'${run.name}' was killed: ${commit === undefined ? "no checkpoint" : `back to ${commit}`}`);
  if (commit !== undefined) await restoreCheckpoint(context, commit, "replace");
  endWorkspaceRun(state);
}
