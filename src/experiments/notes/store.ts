/**
 * Notes in Git: refs/sweepline/notes/<2>/<38>, by the id of the experiment's commit, so that whoever renames an experiment
 * keeps its note. The ref names a commit with no files, whose message is the note and whose parent is the one before. DVC
 * looks at refs/exps only.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, readIfExists } from "../../base/files.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { committerIdentity, stamp, writeCommit, writeObject } from "../../git/objects.ts";
import { changeRefs, type RefChange } from "../../git/refs.ts";
import type { Repository } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";
import { type ExperimentNote, emptyNote, isEmptyNote, isTooLong, noteMessage, parseNote } from "./note.ts";

export const notesPrefix = "refs/sweepline/notes";

export interface KeptNote {
  readonly note: ExperimentNote;
  /** The commit of the note itself. */
  readonly id: ObjectId;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** By the commit of the experiment. */
export type KeptNotes = ReadonlyMap<ObjectId, KeptNote>;

export function noteRef(experiment: ObjectId): RefName {
  return `${notesPrefix}/${experiment.slice(0, 2)}/${experiment.slice(2)}` as RefName;
}

/** The experiment's commit, or undefined for any other ref. */
export function experimentOfNote(ref: string): ObjectId | undefined {
  const found = /^refs\/sweepline\/notes\/([0-9a-f]{2})\/([0-9a-f]{38}|[0-9a-f]{62})$/.exec(ref);
  return found === null ? undefined : (`${found[1]}${found[2]}` as ObjectId);
}

/** Most repositories have none: no process has to tell that. */
function mayHaveNotes({ commonDir }: Repository): boolean {
  if (existsSync(path.join(commonDir, notesPrefix)) || existsSync(path.join(commonDir, "reftable"))) return true;
  return readIfExists(path.join(commonDir, "packed-refs"))?.includes(`${notesPrefix}/`) ?? false;
}

const fields = ["%(refname)", "%(objectname)", "%(committerdate:unix)", "%(contents)"];

/** All notes, those too that were emptied. What can't be read as one is passed over. */
export async function readNotes(repository: Repository): Promise<KeptNotes> {
  const notes = new Map<ObjectId, KeptNote>();
  if (!mayHaveNotes(repository)) return notes;
  const args = ["for-each-ref", `--format=${fields.join("%00")}%00`, notesPrefix];
  const { exitCode, stdout } = await tryGit(args, { cwd: repository.workTree });
  if (exitCode !== 0) return notes;
  const values = stdout.toString().split("\0");
  for (let at = 0; at + fields.length < values.length; at += fields.length) {
    const [ref = "", id = "", time = "", message = ""] = values.slice(at, at + fields.length);
    const experiment = experimentOfNote(ref.trimStart());
    const note = parseNote(message);
    if (experiment !== undefined && note !== undefined)
      notes.set(experiment, { note, id: id as ObjectId, at: Number(time) });
  }
  return notes;
}

/** Makes commits of notes, which no ref names yet; Git is asked once who writes them, for however many. Throws NO_IDENTITY. */
async function noteWriter(repository: Repository) {
  const author = stamp(await committerIdentity(repository), new Date());
  const tree = writeObject(repository, "tree", Buffer.alloc(0));
  return (note: ExperimentNote, parents: readonly ObjectId[]) =>
    writeCommit(repository, { tree, parents, author, message: noteMessage(note) });
}

/** A commit of a note, which no ref names yet. Throws NO_IDENTITY. */
export async function writeNote(
  repository: Repository,
  note: ExperimentNote,
  parents: readonly ObjectId[],
): Promise<ObjectId> {
  return (await noteWriter(repository))(note, parents);
}

export function noteChange(experiment: ObjectId, from: ObjectId | undefined, to: ObjectId): RefChange {
  const ref = noteRef(experiment);
  return from === undefined ? { kind: "create", ref, to } : { kind: "update", ref, from, to };
}

/** What is to become of a note; the same object where nothing changes. */
export type NoteEdit = (note: ExperimentNote) => ExperimentNote;

/** Edits the notes of experiments, all or none. Returns them as they are now. Throws NOTE_TOO_LONG. */
export async function editNotes(
  repository: Repository,
  experiments: readonly ObjectId[],
  edit: NoteEdit,
): Promise<ReadonlyMap<ObjectId, ExperimentNote>> {
  const kept = await readNotes(repository);
  const edited = new Map<ObjectId, ExperimentNote>();
  const changes: RefChange[] = [];
  let write: Awaited<ReturnType<typeof noteWriter>> | undefined;
  for (const experiment of new Set(experiments)) {
    const known = kept.get(experiment);
    const before = known?.note ?? emptyNote;
    const after = edit(before);
    edited.set(experiment, after);
    if (isTooLong(after))
      throw new SweeplineError({ code: "NOTE_TOO_LONG", message: "a note has 10,000 characters and 100 tags at most" });
    const isSame = noteMessage(after) === noteMessage(before);
    if (isSame || (known === undefined && isEmptyNote(after))) continue;
    const parents = known === undefined ? [] : [known.id];
    write ??= await noteWriter(repository);
    changes.push(noteChange(experiment, known?.id, write(after, parents)));
  }
  await changeRefs(repository, "sweepline: note", changes);
  return edited;
}
