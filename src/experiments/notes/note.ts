/** What people say of an experiment: a text, tags, a star. It is no part of the experiment, and never of its identity. */
import { isText, isTexts, oneOf, optional, parseJson, shaped } from "../../base/json.ts";

export interface ExperimentNote {
  readonly text: string;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly starred: boolean;
}

export const emptyNote: ExperimentNote = { text: "", tags: [], starred: false };

/** Of what comes from others no more is read. */
const longestText = 10_000;
const mostTags = 100;
const tagPattern = /^[\p{L}\p{N}_][\p{L}\p{N}_.:/+-]{0,63}$/u;

interface StoredNote {
  readonly v: 1;
  readonly text?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly starred?: true | undefined;
}

const isStored = shaped<StoredNote>({
  v: oneOf(1),
  text: optional(isText),
  tags: optional(isTexts),
  starred: optional(oneOf(true)),
});

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

export function isTooLong({ text, tags }: ExperimentNote): boolean {
  return text.length > longestText || tags.length > mostTags;
}

function sortedTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags)].sort();
}

export function isEmptyNote({ text, tags, starred }: ExperimentNote): boolean {
  return text === "" && tags.length === 0 && !starred;
}

/** The message of a note's commit. */
export function noteMessage({ text, tags, starred }: ExperimentNote): string {
  const stored: StoredNote = {
    v: 1,
    ...(text === "" ? {} : { text }),
    ...(tags.length === 0 ? {} : { tags: sortedTags(tags) }),
    ...(starred ? { starred: true } : {}),
  };
  return `${JSON.stringify(stored)}\n`;
}

/** undefined for what is no note of ours; what no note of ours has is left out. */
export function parseNote(message: string): ExperimentNote | undefined {
  const stored = message.length > 8 * longestText ? undefined : parseJson(message);
  if (!isStored(stored)) return undefined;
  const { text = "", tags = [], starred = false } = stored;
  return { text: text.slice(0, longestText), tags: sortedTags(tags.filter(isTag)).slice(0, mostTags), starred };
}

/** Two that were written apart, and the last one that both come after: empty where there is none. */
export interface NoteVersions {
  readonly base: ExperimentNote;
  readonly earlier: ExperimentNote;
  readonly later: ExperimentNote;
}

function mergedText({ base, earlier, later }: NoteVersions): string {
  if (earlier.text === base.text || earlier.text === later.text) return later.text;
  if (later.text === base.text || later.text === "") return earlier.text;
  return earlier.text === "" ? later.text : `${later.text}\n${earlier.text}`.slice(0, longestText);
}

/** What either side changed: a tag or star that one of them removed is gone. Where both changed the text, both are kept. */
export function mergeNotes(versions: NoteVersions): ExperimentNote {
  const { base, earlier, later } = versions;
  const isKept = (tag: string) => {
    const holders = [earlier, later].filter(({ tags }) => tags.includes(tag)).length;
    return holders === 2 || !base.tags.includes(tag);
  };
  return {
    text: mergedText(versions),
    tags: sortedTags([...earlier.tags, ...later.tags].filter(isKept)).slice(0, mostTags),
    starred: earlier.starred === later.starred ? later.starred : !base.starred,
  };
}
