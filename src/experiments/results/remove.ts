/** Removing experiments: finished ones and entries of the queue, all of a call in one transaction. */
import { SweeplineError } from "../../base/errors.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { changeRefs, type RefChange } from "../../git/refs.ts";
import { resolveCommit } from "../../git/repository.ts";
import { noteRef, notesPrefix, readNotes } from "../notes/store.ts";
import { listQueue, type QueueEntry, removal, runningSequences } from "../queue/entries.ts";
import { leftChains } from "../queue/left-chains.ts";
import { parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type FinishedExperiment, listFinished } from "./finished.ts";
import { chooseNamed, type Named } from "./named.ts";

export interface RemoveRequest {
  readonly names: readonly string[];
  /** All entries of the queue that are not running. */
  readonly queue: "all" | "named";
  /** Finished ones: those named, all, or those of some baselines. */
  readonly finished: "named" | "all" | { readonly baselines: readonly string[] };
  /** Everything of one sweep. */
  readonly sweep: string | undefined;
  /** Remove all that were chosen, or all other finished ones; with the latter nothing of the queue is removed. */
  readonly keep: "remove chosen" | "keep chosen";
}

export interface RemoveOutcome {
  readonly removed: readonly string[];
  /** Entries that were left because they are running. */
  readonly running: readonly string[];
}

interface Removable {
  readonly name: string;
  readonly change: RefChange;
}

/** What is to be kept and is not there is a mistake, which would remove everything. Throws NOTHING_CHOSEN. */
export function refuseToKeepNone(kept: readonly unknown[]): void {
  if (kept.length > 0) return;
  throw new SweeplineError({
    code: "NOTHING_CHOSEN",
    message: "--keep: no experiment of those that are to be kept is here, and all others would be removed",
    hint: "`sweepline exp remove -A` removes all.",
  });
}

/** Throws NOT_AN_EXPERIMENT where a name means nothing and NAME_AMBIGUOUS where it means too much, before anything is removed; SWEEP_UNKNOWN, NOTHING_CHOSEN. */
export async function removeExperiments(context: ExperimentsContext, request: RemoveRequest): Promise<RemoveOutcome> {
  const finished = await listFinished(context);
  const { entries, broken } = await listQueue(context);
  const running = runningSequences(context);
  const named = chooseAllNamed({ finished, entries }, request.names, await resolveCommit(context.repository, "HEAD"));
  const meant = [...(await chooseFinished(context, request, finished)), ...named.finished];
  if (request.keep === "keep chosen" && finished.length > 0) refuseToKeepNone(meant);
  const chosen = keepOrRemove(request.keep, finished, meant).map(removable);
  const left: string[] = [];
  const going: QueueEntry[] = [];
  const take = (entry: QueueEntry) => {
    if (running.has(entry.sequence)) left.push(entry.name);
    else {
      chosen.push({ name: entry.name, change: removal(entry) });
      going.push(entry);
    }
  };
  if (request.queue === "all") {
    for (const entry of entries) if (entry.state === "queued") take(entry);
    for (const entry of broken) chosen.push({ name: entry.ref, change: removal(entry) });
  }
  if (request.keep === "remove chosen")
    for (const entry of [...entries.filter(({ record }) => isOfSweep(record.sweep, request.sweep)), ...named.entries])
      take(entry);
  chosen.push(...(await notesOf(context, finished, chosen)));
  const unique = new Map(chosen.map((item) => [item.change.ref, item]));
  const chains = (await leftChains(context, going)).filter(({ change }) => !unique.has(change.ref));
  await changeRefs(
    context.repository,
    "sweepline: removed",
    [...unique.values(), ...chains].map((item) => item.change),
  );
  const isNote = ({ change }: Removable) => change.ref.startsWith(`${notesPrefix}/`);
  return { removed: [...unique.values()].filter((item) => !isNote(item)).map((item) => item.name), running: left };
}

/** Notes on experiments that go and that no name is left for. */
async function notesOf(
  { repository }: ExperimentsContext,
  finished: readonly FinishedExperiment[],
  chosen: readonly Removable[],
): Promise<readonly Removable[]> {
  const going = new Set(chosen.map(({ change }) => change.ref));
  const staying = new Set(finished.filter(({ ref }) => !going.has(ref)).map(({ commit }) => commit));
  const gone = finished.filter(({ ref, commit }) => going.has(ref) && !staying.has(commit));
  const notes = gone.length === 0 ? undefined : await readNotes(repository);
  return gone.flatMap(({ name, commit }) => {
    const from = notes?.get(commit)?.id;
    return from === undefined ? [] : [{ name, change: { kind: "delete" as const, ref: noteRef(commit), from } }];
  });
}

function removable(item: FinishedExperiment): Removable {
  return { name: item.name, change: { kind: "delete", ref: item.ref, from: item.commit } };
}

async function chooseFinished(
  context: ExperimentsContext,
  request: RemoveRequest,
  finished: readonly FinishedExperiment[],
): Promise<readonly FinishedExperiment[]> {
  if (request.finished === "all") return finished;
  if (request.sweep !== undefined) return ofSweep(context, finished, request.sweep);
  if (request.finished === "named") return [];
  const baselines = new Set(request.finished.baselines);
  return finished.filter((item) => baselines.has(item.baseline));
}

/** The finished experiments that carry a sweep's id. */
async function ofSweep(
  context: ExperimentsContext,
  finished: readonly FinishedExperiment[],
  sweep: string,
): Promise<readonly FinishedExperiment[]> {
  const catFile = new CatFile(context.repository);
  try {
    const commits = await catFile.readAll(finished.map((item) => item.commit));
    return finished.filter((_, at) => {
      const object = commits[at];
      return object !== undefined && parseFacts(parseCommit(object.content))?.sweep === sweep;
    });
  } finally {
    catFile.close();
  }
}

/** What all the names mean. Throws NAME_AMBIGUOUS or NOT_AN_EXPERIMENT. */
function chooseAllNamed(all: Named, names: readonly string[], head: ObjectId | undefined): Named {
  const found = chooseNamed(all, names, head);
  const unknown = names.filter((_, at) => found[at]?.finished.length === 0 && found[at]?.entries.length === 0);
  if (unknown.length > 0)
    throw new SweeplineError({
      code: "NOT_AN_EXPERIMENT",
      message: `'${unknown.join("; ")}' ${unknown.length === 1 ? "is not a valid experiment name" : "are not valid experiment names"}`,
      hint: "`sweepline exp list -A` lists the finished ones, `sweepline exp show` the queued ones too. Nothing was removed.",
    });
  return { finished: found.flatMap((item) => item.finished), entries: found.flatMap((item) => item.entries) };
}

function isOfSweep(own: string | undefined, wanted: string | undefined): boolean {
  return wanted !== undefined && own === wanted;
}

/** The chosen ones, or all others of the repository, as DVC has it (dvc/repo/experiments/remove.py). */
function keepOrRemove(
  keep: RemoveRequest["keep"],
  finished: readonly FinishedExperiment[],
  chosen: readonly FinishedExperiment[],
): FinishedExperiment[] {
  const refs = new Set(chosen.map(({ ref }) => ref));
  return finished.filter(({ ref }) => refs.has(ref) === (keep === "remove chosen"));
}
