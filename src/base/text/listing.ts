import { visible } from "./visible.ts";
/** Several things in one text. */

/** `a`, `a and b`, `a, b and c`, safe to show. */
export function wordList(words: readonly string[]): string {
  const first = words.slice(0, -1).map(visible);
  const last = visible(words.at(-1) ?? "");
  return first.length === 0 ? last : `${first.join(", ")} and ${last}`;
}

/** As wordList, each between single quotes. */
export function quotedList(words: readonly string[]): string {
  return wordList(words.map((word) => `'${word}'`));
}

/** `and 7 more` */
export function moreText(left: number): string {
  return `and ${left} more`;
}

/** The first ones, and how many there are besides: `a, b and 7 more`. */
export function someOf(words: readonly string[], most: number): string {
  const shown = words.slice(0, most).join(", ");
  return words.length > most ? `${shown} ${moreText(words.length - most)}` : shown;
}

/** The first lines, and one that tells how many there are besides: `... and 7 more`. Of `total` lines only the first need be given. */
export function someLines(lines: readonly string[], most: number, total = lines.length): readonly string[] {
  return total > most ? [...lines.slice(0, most), `... ${moreText(total - most)}`] : lines;
}
