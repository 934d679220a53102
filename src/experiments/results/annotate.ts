/** What somebody has to say of finished experiments: a note, tags, a star; each experiment by a name of the command line. */
import { SweeplineError } from "../../base/errors.ts";
import { type ExperimentNote, emptyNote, isTag } from "../notes/note.ts";
import { editNotes, type NoteEdit } from "../notes/store.ts";
import type { ExperimentsContext } from "../repository.ts";
import { experimentResolver, resolveExperiment } from "./finished.ts";

async function editOne(context: ExperimentsContext, name: string, edit: NoteEdit): Promise<ExperimentNote> {
  const { commit } = await resolveExperiment(context, name);
  return (await editNotes(context.repository, [commit], edit)).get(commit) ?? emptyNote;
}

/**
 * Writes a note on an experiment; "" removes it, undefined leaves it. Returns what is said of it now. Errors:
 * NOT_AN_EXPERIMENT, NAME_AMBIGUOUS, NOTE_TOO_LONG.
 */
export function noteExperiment(
  context: ExperimentsContext,
  name: string,
  text: string | undefined,
): Promise<ExperimentNote> {
  return editOne(context, name, (note) => (text === undefined ? note : { ...note, text }));
}

export interface TagChange {
  readonly add: readonly string[];
  /** Taken off after those are added. */
  readonly remove: readonly string[];
}

/** Throws BAD_OPTIONS for what can't be a tag. */
export function checkTags(tags: readonly string[]): void {
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong === undefined) return;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `'${wrong}' can't be a tag`,
    hint: "A tag has 64 letters, digits and _.:/+- at most, and begins with a letter or a digit.",
  });
}

/** Puts tags on an experiment, and takes some off. Returns what is said of it now. Errors: as noteExperiment, BAD_OPTIONS. */
export async function tagExperiment(
  context: ExperimentsContext,
  name: string,
  { add, remove }: TagChange,
): Promise<ExperimentNote> {
  checkTags(add);
  return editOne(context, name, (note) => ({
    ...note,
    tags: [...new Set([...note.tags, ...add])].filter((tag) => !remove.includes(tag)).sort(),
  }));
}

/** Gives experiments a star or takes it away, all or none. Errors: NOT_AN_EXPERIMENT, NAME_AMBIGUOUS. */
export async function starExperiments(
  context: ExperimentsContext,
  names: readonly string[],
  star: "give" | "take",
): Promise<void> {
  const resolve = await experimentResolver(context);
  const commits = await Promise.all(names.map(async (name) => (await resolve(name)).commit));
  await editNotes(context.repository, commits, (note) => ({ ...note, starred: star === "give" }));
}
