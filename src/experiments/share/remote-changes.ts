/** Experiments of a Git remote, removed and renamed there. Nothing of them is needed here. */
import { SweeplineError } from "../../base/errors.ts";
import {
  fetchObjects,
  listRemoteRefs,
  type PushOutcome,
  pushRefs,
  type RemoteChange,
  shownRemote,
} from "../../git/remote.ts";
import { tellStudioOfRefs } from "../live/studio-hook.ts";
import { checkName } from "../names.ts";
import { experimentOfNote, notesPrefix } from "../notes/store.ts";
import { type ExperimentsContext, experimentRef, parseExperimentRef } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { refuseToKeepNone } from "../results/remove.ts";
import type { RenameRequest } from "../results/rename.ts";
import { type Selection, selectExperiments } from "./selection.ts";

export interface RemoteRemoval {
  readonly remote: string;
  readonly selection: Selection;
  /** Remove all that were chosen, or all others there. */
  readonly keep: "remove chosen" | "keep chosen";
}

export interface RemovedThere {
  readonly removed: readonly string[];
  /** Why Studio was not told. */
  readonly warning?: string;
}

/** Pushes the changes. Errors: REMOTE_CHANGED, PUSH_REFUSED where the remote refused one. */
export async function pushAll(
  { repository, state }: ExperimentsContext,
  remote: string,
  changes: readonly RemoteChange[],
): Promise<void> {
  checkPushed(remote, await pushRefs(repository, { remote, changes, scratchFolder: state.scratch }));
}

function checkPushed(remote: string, outcomes: ReadonlyMap<string, PushOutcome>): void {
  const [first] = [...outcomes.values()].flatMap((outcome) => (outcome.kind === "pushed" ? [] : [outcome]));
  if (first === undefined) return;
  throw new SweeplineError({
    code: first.kind === "stale" ? "REMOTE_CHANGED" : "PUSH_REFUSED",
    message: `Git remote '${shownRemote(remote)}' refused the change: ${first.reason}`,
    ...(first.kind === "stale" ? { hint: "It was changed meanwhile. Try again." } : {}),
  });
}

/** All others of the remote. */
async function othersThan(
  context: ExperimentsContext,
  remote: string,
  chosen: readonly FinishedExperiment[],
): Promise<readonly FinishedExperiment[]> {
  const { experiments } = await selectExperiments(context, remote, { kind: "all" });
  const refs = new Set(chosen.map(({ ref }) => ref));
  return experiments.filter(({ ref }) => !refs.has(ref));
}

/** Notes there on experiments that go and that no name is left for; one that somebody writes meanwhile stays. */
async function notesOfGone(
  { repository }: ExperimentsContext,
  remote: string,
  gone: readonly FinishedExperiment[],
): Promise<readonly RemoteChange[]> {
  const refs = await listRemoteRefs(repository, remote, [`${notesPrefix}/*`, "refs/exps/*"]);
  const going = new Set<string>(gone.map(({ ref }) => ref));
  const staying = new Set(
    refs.flatMap(({ name, id }) => (parseExperimentRef(name) === undefined || going.has(name) ? [] : [id])),
  );
  const commits = new Set(gone.map(({ commit }) => commit).filter((commit) => !staying.has(commit)));
  return refs.flatMap(({ name, id }): RemoteChange[] => {
    const experiment = experimentOfNote(name);
    const goes = experiment !== undefined && commits.has(experiment);
    return goes ? [{ ref: name, to: undefined, expected: id }] : [];
  });
}

/**
 * Removes experiments of a Git remote, and what was said of them there; answers their names. Errors: NOT_AN_EXPERIMENT, NAME_AMBIGUOUS, INVALID_REMOTE,
 * REMOTE_CHANGED, PUSH_REFUSED, GIT_REMOTE_FAILED, NOTHING_CHOSEN.
 */
export async function removeFromRemote(
  context: ExperimentsContext,
  { remote, selection, keep }: RemoteRemoval,
): Promise<RemovedThere> {
  const { experiments } = await selectExperiments(context, remote, selection);
  const gone = keep === "remove chosen" ? experiments : await othersThan(context, remote, experiments);
  if (keep === "keep chosen" && gone.length > 0) refuseToKeepNone(experiments);
  const changes = gone.map(({ ref, commit }): RemoteChange => ({ ref, to: undefined, expected: commit }));
  const notes = gone.length === 0 ? [] : await notesOfGone(context, remote, gone);
  await pushAll(context, remote, changes);
  const { repository, state } = context;
  if (notes.length > 0) await pushRefs(repository, { remote, changes: notes, scratchFolder: state.scratch });
  const { warning } = await tellStudioOfRefs(context, { remote, removed: gone.map(({ ref }) => ref) });
  return { removed: gone.map(({ name }) => name), ...(warning === undefined ? {} : { warning }) };
}

/** Gives an experiment of a Git remote another name there; the new ref goes first, so that nothing is lost. Errors: NAME_TAKEN too. */
export async function renameInRemote(
  context: ExperimentsContext,
  remote: string,
  { from, to, taken }: RenameRequest,
): Promise<string | undefined> {
  checkName(to);
  const { experiments } = await selectExperiments(context, remote, { kind: "all" });
  const [experiment] = (await selectExperiments(context, remote, { kind: "named", names: [from] })).experiments;
  if (experiment === undefined || experiment.name === to) return undefined;
  const ref = experimentRef(experiment.baseline, to);
  const holder = experiments.find((item) => item.ref === ref);
  if (holder !== undefined && taken === "refuse")
    throw new SweeplineError({
      code: "NAME_TAKEN",
      message: `Cannot rename '${from}' to '${to}': '${remote}' has an experiment of that name.`,
      hint: "Choose another name, or replace it with --force.",
    });
  await fetchObjects(context.repository, remote, [{ name: experiment.ref, id: experiment.commit }]);
  const created = { ref, to: experiment.commit, expected: holder?.commit };
  await pushAll(context, remote, [created]);
  const removed = { ref: experiment.ref, to: undefined, expected: experiment.commit };
  await pushAll(context, remote, [removed]);
  return experiment.name;
}
