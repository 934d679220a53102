/**
 * Shell patterns as Python's fnmatch reads them: `*`, `?`, `[seq]`, `[!seq]`. No escapes; case counts.
 * Matched by hand, going back to the last `*` only: a regular expression can take exponential time.
 */
export type GlobPart = { readonly kind: "any" } | { readonly kind: "star" } | CharacterSet;

export interface CharacterSet {
  readonly kind: "set";
  readonly negated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}

/** A test for one pattern. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const parts = readPattern([...pattern]);
  return (name) => matchesParts(parts, codePoints(name));
}

function readPattern(characters: readonly string[]): GlobPart[] {
  const parts: GlobPart[] = [];
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? "";
    const close = character === "[" ? closingBracket(characters, index) : -1;
    if (character === "*") parts.push({ kind: "star" });
    else if (character === "?") parts.push({ kind: "any" });
    else if (close < 0) parts.push(setOf([character]));
    else {
      parts.push(setOf(characters.slice(index + 1, close)));
      index = close;
    }
  }
  return parts;
}

/** A `]` right after `[` or `[!` is one of the characters. */
function closingBracket(characters: readonly string[], open: number): number {
  const first = characters[open + 1] === "!" ? open + 2 : open + 1;
  return characters.indexOf("]", first + 1);
}

function setOf(characters: readonly string[]): CharacterSet {
  const negated = characters.length > 1 && characters[0] === "!";
  const codes = (negated ? characters.slice(1) : characters).map((character) => character.codePointAt(0) ?? 0);
  const ranges: (readonly [number, number])[] = [];
  for (let index = 0; index < codes.length; index++) {
    const from = codes[index] ?? 0;
    const to = codes[index + 2];
    if (codes[index + 1] !== 45 || to === undefined) ranges.push([from, from]);
    else {
      ranges.push([from, to]);
      index += 2;
    }
  }
  return { kind: "set", negated, ranges };
}

function matchesOne(part: GlobPart | undefined, code: number | undefined): boolean {
  if (part === undefined || code === undefined || part.kind === "star") return false;
  if (part.kind === "any") return true;
  return part.ranges.some(([from, to]) => from <= code && code <= to) !== part.negated;
}

export function codePoints(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** Whether the parts take the whole text: at most one look at each part for each character. */
export function matchesParts(parts: readonly GlobPart[], codes: readonly number[]): boolean {
  let part = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < codes.length; ) {
    if (matchesOne(parts[part], codes[index])) {
      part++;
      index++;
    } else if (parts[part]?.kind === "star") {
      star = part++;
      resume = index;
    } else if (star >= 0) {
      part = star + 1;
      index = ++resume;
    } else return false;
  }
  while (parts[part]?.kind === "star") part++;
  return part === parts.length;
}
