/** "Did you mean": of the names that there are, those that somebody may have meant. */
import { distance } from "fastest-levenshtein";

/** Edits between two names that may be a slip of the keyboard. */
const mostEdits = 3;
/** A longer word is no name: comparing takes time by the product of the lengths. */
const longestWord = 200;

function isNear(word: string, name: string, edits: number): boolean {
  const longer = Math.max(word.length, name.length);
  return edits <= mostEdits && (edits < longer / 2 || (edits === 1 && longer === 2));
}

/**
 * The names that take the fewest edits to make of the word, in their order; none where it takes more than three, or half as
 * many as the longer of the two has characters.
 */
export function nearest(word: string, names: Iterable<string>): readonly string[] {
  if (word.length > longestWord) return [];
  let fewest = Number.POSITIVE_INFINITY;
  let near: string[] = [];
  for (const name of names) {
    if (Math.abs(name.length - word.length) > mostEdits) continue;
    const edits = distance(word, name);
    if (!isNear(word, name, edits) || edits > fewest) continue;
    near = edits < fewest ? [name] : [...near, name];
    fewest = edits;
  }
  return near;
}
