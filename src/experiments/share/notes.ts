/**
 * Notes travel with their experiments. Each is a chain of commits: who has the later one gives it to the other; where both
 * wrote, the two are merged. A stranger's note is read with limits (note.ts) and shown as any other text of theirs.
 */

import { comeAfter } from "../../git/ancestry.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { parseCommit, readCommit } from "../../git/objects.ts";
import { changeRefs, type Ref, type RefChange } from "../../git/refs.ts";
import { fetchObjects, listRemoteRefs, pushRefs, type RemoteChange } from "../../git/remote.ts";
import type { Repository } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";
import { type ExperimentNote, emptyNote, mergeNotes, parseNote } from "../notes/note.ts";
import {
  experimentOfNote,
  type KeptNote,
  noteChange,
  noteRef,
  notesPrefix,
  readNotes,
  writeNote,
} from "../notes/store.ts";
import type { ExperimentsContext } from "../repository.ts";

interface NotesRequest {
  readonly remote: string;
  /** Commits of the experiments that are shared. */
  readonly experiments: readonly ObjectId[];
}

/** Notes that went to the remote, came from it, and that it did not take: the experiments' commits. */
export interface MovedNotes {
  readonly pushed: readonly ObjectId[];
  readonly pulled: readonly ObjectId[];
  readonly left: readonly ObjectId[];
}

const noNotes: MovedNotes = { pushed: [], pulled: [], left: [] };

interface Standing {
  readonly experiment: ObjectId;
  readonly here: KeptNote | undefined;
  readonly there: KeptNote | undefined;
}

/** The notes that the remote has of these experiments; their commits are here afterwards. Errors: GIT_REMOTE_FAILED. */
export async function remoteNotes(
  { repository }: ExperimentsContext,
  { remote, experiments }: NotesRequest,
): Promise<ReadonlyMap<ObjectId, KeptNote>> {
  const wanted = new Set(experiments);
  const listed = (await listRemoteRefs(repository, remote, [`${notesPrefix}/*`])).flatMap((ref: Ref) => {
    const experiment = experimentOfNote(ref.name);
    return experiment !== undefined && wanted.has(experiment) ? [{ experiment, ref }] : [];
  });
  await fetchObjects(
    repository,
    remote,
    listed.map(({ ref }) => ref),
  );
  const objects = new CatFile(repository);
  try {
    const found = await objects.readAll(listed.map(({ ref }) => ref.id));
    const notes = new Map<ObjectId, KeptNote>();
    for (const [at, { experiment, ref }] of listed.entries()) {
      const object = found[at];
      const commit = object?.type === "commit" ? parseCommit(object.content) : undefined;
      const note = commit === undefined ? undefined : parseNote(commit.message);
      if (commit !== undefined && note !== undefined)
        notes.set(experiment, { note, id: ref.id, at: commit.committedAt });
    }
    return notes;
  } finally {
    objects.close();
  }
}

/** What both are to have from now on: one that comes after the other, or a merge of both. */
async function settled(
  context: ExperimentsContext,
  { experiment, here, there }: Standing,
): Promise<ObjectId | undefined> {
  if (here === undefined || there === undefined || here.id === there.id) return (here ?? there)?.id;
  const { repository } = context;
  const baseline = experiment;
  const [isBehind, isAhead] = await comeAfter(repository, [
    { before: here.id, after: there.id, baseline },
    { before: there.id, after: here.id, baseline },
  ]);
  if (isBehind) return there.id;
  if (isAhead) return here.id;
  const [earlier, later] = here.at <= there.at ? [here, there] : [there, here];
  const base = await lastCommon(repository, here.id, there.id);
  return writeNote(repository, mergeNotes({ base, earlier: earlier.note, later: later.note }), [later.id, earlier.id]);
}

/** The note that both come after; an empty one where they have nothing in common, or nothing of ours. */
async function lastCommon(repository: Repository, here: ObjectId, there: ObjectId): Promise<ExperimentNote> {
  const { exitCode, stdout } = await tryGit(["merge-base", here, there], { cwd: repository.workTree });
  if (exitCode !== 0) return emptyNote;
  const commit = await readCommit(repository, stdout.toString().trim() as ObjectId);
  return (commit && parseNote(commit.message)) ?? emptyNote;
}

/** Ours are changed; what the remote is to have is left to do. */
async function settle(context: ExperimentsContext, standings: readonly Standing[]) {
  const changes: RefChange[] = [];
  const pulled: ObjectId[] = [];
  const outgoing: (RemoteChange & Pick<Standing, "experiment">)[] = [];
  for (const standing of standings) {
    const { experiment, here, there } = standing;
    const to = await settled(context, standing);
    if (to === undefined) continue;
    if (to !== there?.id) outgoing.push({ experiment, ref: noteRef(experiment), to, expected: there?.id });
    if (to === here?.id) continue;
    changes.push(noteChange(experiment, here?.id, to));
    pulled.push(experiment);
  }
  await changeRefs(context.repository, "sweepline: notes", changes);
  return { pulled, outgoing };
}

/** Takes the notes of these experiments over from the remote; what was written here stays. Errors: GIT_REMOTE_FAILED. */
export async function pullNotes(context: ExperimentsContext, request: NotesRequest): Promise<MovedNotes> {
  const there = await remoteNotes(context, request);
  if (there.size === 0) return noNotes;
  const here = await readNotes(context.repository);
  const standings = [...there].map(([experiment, note]) => ({ experiment, here: here.get(experiment), there: note }));
  const { pulled } = await settle(context, standings);
  return { ...noNotes, pulled };
}

/** Nothing is asked of the remote where there is no note here. Errors: GIT_REMOTE_FAILED. */
export async function pushNotes(context: ExperimentsContext, request: NotesRequest): Promise<MovedNotes> {
  const here = await readNotes(context.repository);
  const noted = request.experiments.filter((experiment) => here.has(experiment));
  if (noted.length === 0) return noNotes;
  const there = await remoteNotes(context, { ...request, experiments: noted });
  const { pulled, outgoing } = await settle(
    context,
    noted.map((experiment) => ({ experiment, here: here.get(experiment), there: there.get(experiment) })),
  );
  if (outgoing.length === 0) return { ...noNotes, pulled };
  const scratchFolder = context.state.scratch;
  const outcomes = await pushRefs(context.repository, { remote: request.remote, changes: outgoing, scratchFolder });
  const commits = (went: (ref: RefName) => boolean) =>
    outgoing.filter(({ ref }) => went(ref)).map(({ experiment }) => experiment);
  const isThere = (ref: RefName) => outcomes.get(ref)?.kind === "pushed";
  return { pulled, pushed: commits(isThere), left: commits((ref) => !isThere(ref)) };
}
