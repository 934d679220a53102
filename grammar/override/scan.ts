/**
 * Tokens that are scanned by hand: a regular expression would put one entry on its backtracking stack for each character,
 * and overflow on a long text.
 */

/**
 * `'...'` or `"..."`: ends at the first quote of the same kind after an even number of backslashes.
 * The language's rule is about the run of backslashes right before a quote; others are plain characters.
 */
export function matchQuoted(text: string, offset: number): [string] | null {
  const quote = text.charAt(offset);
  if (quote !== "'" && quote !== '"') return null;
  let end = text.indexOf(quote, offset + 1);
  while (end >= 0) {
    let backslashes = 0;
    while (end - backslashes - 1 > offset && text.charCodeAt(end - backslashes - 1) === 92) backslashes++;
    if (backslashes % 2 === 0) return [text.slice(offset, end + 1)];
    end = text.indexOf(quote, end + 1);
  }
  return null;
}

/** The text in which no `}` comes any more: without it, `${${${...` would be searched to its end for each `${`. */
let unclosed: { readonly text: string; readonly from: number } | undefined;

/** `${...}`: ends at the first `}` and holds one character at least. */
export function matchInterpolation(text: string, offset: number): [string] | null {
  if (text.charAt(offset) !== "$" || text.charAt(offset + 1) !== "{") return null;
  if (unclosed !== undefined && unclosed.text === text && unclosed.from <= offset) return null;
  const end = text.indexOf("}", offset + 2);
  if (end < 0) unclosed = { text, from: offset };
  return end > offset + 2 ? [text.slice(offset, end + 1)] : null;
}

/** The text inside the quotes of a quoted token: in a run of backslashes before a quote of the same kind, two mean one. */
export function unquote(token: string): string {
  const quote = token.charAt(0);
  if (!token.includes("\\")) return token.slice(1, -1);
  let result = "";
  let from = 1;
  let at = token.indexOf(quote, 1);
  while (at >= 0) {
    let run = 0;
    while (at - run - 1 >= from && token.charCodeAt(at - run - 1) === 92) run++;
    result += token.slice(from, at - run) + "\\".repeat(run >> 1);
    if (run % 2 === 1) result += quote;
    from = at + 1;
    at = token.indexOf(quote, from);
  }
  return result;
}
