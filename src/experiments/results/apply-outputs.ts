/** An experiment in the workspace, its files and its outputs: both or neither. */
import { type CheckoutOutcome, checkoutOutputs } from "../../pipeline/data/checkout.ts";
import type { WorkspaceLock } from "../../pipeline/locks/workspace-lock.ts";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import { projectState } from "../../store/project-state.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type Applied, type AskedExperiment, applyExperiment } from "./apply.ts";
import { forgetWorkspace, putBack } from "./apply-undo.ts";

async function checkOut(project: Project, lock: WorkspaceLock): Promise<CheckoutOutcome> {
  const state = projectState(project);
  try {
    return await checkoutOutputs({
      project,
      cache: openCache(project, { state }),
      folder: project.root,
      targets: [],
      recursive: false,
      unsaved: "keep",
      links: "keep",
      missing: "refuse",
      lock,
    });
  } finally {
    state.close();
  }
}

export interface AppliedWhole {
  readonly applied: Applied;
  /** What became of the outputs; those that the cache lacks are in it. */
  readonly outcome: CheckoutOutcome;
}

/**
 * Lays an experiment over the workspace with its outputs. Where it fails, all is put back. Errors: LOCKED where another
 * process uses files of the project, those of applyExperiment and of checkoutOutputs.
 */
export async function applyWithOutputs(
  context: ExperimentsContext,
  request: AskedExperiment,
  lock: WorkspaceLock,
): Promise<AppliedWhole> {
  lock.refuseBusy("anything");
  const applied = await applyExperiment(context, request);
  try {
    return { applied, outcome: await checkOut(context.project, lock) };
  } catch (error) {
    return await putBack(context, applied.undo, error);
  } finally {
    forgetWorkspace(applied.undo);
  }
}
