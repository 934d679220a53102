/** What may be meant where a condition is written in the words of another language: SQL, Python, JavaScript. */
import type { IToken } from "chevrotain";

/** A longer condition is not written out once more. */
const longestShown = 200;

/** Words of ours that somebody writes in capitals. */
const ours = /^(?:and|or|not|in|true|false|null|none)$/i;

/** What a word is called here; undefined: as it stands. */
function wordFor(token: IToken, before: IToken | undefined): string | undefined {
  const { image } = token;
  if (/^is$/i.test(image)) return "==";
  if (/^not$/i.test(image) && before !== undefined && /^is$/i.test(before.image)) return "";
  if (ours.test(image) && image !== "None") return image.toLowerCase().replace("none", "null");
  const isTwice = before !== undefined && before.startOffset + before.image.length === token.startOffset;
  // `===`, `!==`
  return isTwice && image === "=" && /^[!=]=$/.test(before.image) ? "" : undefined;
}

/** The condition in our words; the same where there are none to be changed. */
function inOurWords(text: string, tokens: readonly IToken[]): string {
  const pieces: string[] = [];
  let end = 0;
  for (const [at, token] of tokens.entries()) {
    const isNegated = /^is$/i.test(token.image) && /^not$/i.test(tokens[at + 1]?.image ?? "");
    const word = isNegated ? "!=" : wordFor(token, tokens[at - 1]);
    if (word === undefined) continue;
    // An empty word takes the blanks before it along.
    pieces.push(word === "" ? text.slice(end, token.startOffset).trimEnd() : text.slice(end, token.startOffset), word);
    end = token.startOffset + token.image.length;
  }
  return [...pieces, text.slice(end)].join("");
}

const others: readonly (readonly [RegExp, string])[] = [
  [/^&$/, "Write `and`."],
  [/^\|$/, "Write `or`."],
  [/^i?like$/i, 'Patterns are written so: name =~ "^grid-".'],
  [/^(?:contains|matches|has)$/i, 'A part: "grid" in name. A pattern: name =~ "^grid-".'],
  [/^between$/i, "Write 0.1 <= lr <= 0.2."],
];

interface Place {
  readonly tokens: readonly IToken[];
  /** Where reading ended. */
  readonly offset: number;
  /** Whether a text is a condition. */
  readonly isRead: (text: string) => boolean;
}

/** What to write; undefined where nothing of it is known. */
export function hintAt(text: string, { tokens, offset, isRead }: Place): string | undefined {
  const at = tokens.findIndex(({ startOffset }) => startOffset === offset);
  const words = at < 0 ? [text.charAt(offset)] : [tokens[at]?.image, tokens[at - 1]?.image];
  const known = others.find(([pattern]) => words.some((word) => word !== undefined && pattern.test(word)));
  if (known !== undefined) return known[1];
  if (text.length > longestShown) return undefined;
  const corrected = inOurWords(text, tokens);
  return corrected !== text && isRead(corrected) ? `Write ${corrected}` : undefined;
}
