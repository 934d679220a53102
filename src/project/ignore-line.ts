/**
 * One line of a .gitignore or .dvcignore, as Git reads it (dir.c, wildmatch.c). Matched by hand, going back to the last star
 * only: as a regular expression, which packages make of it, a stranger's `*a*a*a*b` takes time without end.
 */
import { type CharacterSet, codePoints, type GlobPart, matchesParts } from "../base/text/glob-match.ts";

/** Names of a path from the folder of the file of rules on; "folders" stands for any number of folders. */
type Segment = readonly GlobPart[] | "folders";

export interface IgnoreLine {
  /** It takes back what lines before it ignore. */
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** "name": at any depth. */
  readonly of: "name" | "path";
  /** What it names, where it holds nothing but letters. */
  readonly literal: string | undefined;
  matches(names: readonly string[]): boolean;
}

type Token = GlobPart | "/";

/** Ranges of characters; Git knows ASCII only. */
const classes: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  blank: [
    [32, 32],
    [9, 9],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: [[48, 57]],
  graph: [[33, 126]],
  lower: [[97, 122]],
  print: [[32, 126]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper: [[65, 90]],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};

function single(code: number): CharacterSet {
  return { kind: "set", negated: false, ranges: [[code, code]] };
}

/** Spaces at the end do not count, unless a backslash stands before them. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " ") end--;
  if (end === line.length) return line;
  let slashes = 0;
  while (line[end - 1 - slashes] === "\\") slashes++;
  return line.slice(0, slashes % 2 === 1 ? end + 1 : end);
}

/** undefined for a line that says nothing: empty, a comment, a pattern that Git gives up on. */
export function readIgnoreLine(line: string): IgnoreLine | undefined {
  let text = withoutTrailingSpaces(line);
  if (text.startsWith("#")) return undefined;
  const negated = text.startsWith("!");
  if (negated) text = text.slice(1);
  const foldersOnly = text.endsWith("/");
  if (foldersOnly) text = text.slice(0, -1);
  const of = text.includes("/") ? "path" : "name";
  const tokens = readTokens(codePoints(text.startsWith("/") ? text.slice(1) : text));
  if (tokens === undefined || tokens.length === 0) return undefined;
  const literal = literalOf(tokens);
  return { negated, foldersOnly, of, literal, matches: matcherOf(tokens, of) };
}

function readTokens(codes: readonly number[]): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < codes.length; at++) {
    const character = String.fromCodePoint(codes[at] ?? 0);
    const set = character === "[" ? readSet(codes, at + 1) : undefined;
    if (character === "[" && set === undefined) return undefined;
    if (set !== undefined) at = set.end;
    if (character === "\\" && codes[++at] === undefined) return undefined;
    if (set !== undefined) tokens.push(set.part);
    else if (character === "*") tokens.push({ kind: "star" });
    else if (character === "?") tokens.push({ kind: "any" });
    else if (codes[at] === 47) tokens.push("/");
    else tokens.push(single(codes[at] ?? 0));
  }
  return tokens;
}

interface ReadSet {
  readonly part: CharacterSet;
  /** Where its `]` is. */
  readonly end: number;
}

const [bang, caret, close, open, minus, backslash, colon] = codePoints("!^][-\\:") as readonly number[];

/** `[a-z]`, from the character after `[`; undefined where it never ends. */
function readSet(codes: readonly number[], start: number): ReadSet | undefined {
  const negated = codes[start] === bang || codes[start] === caret;
  const ranges: (readonly [number, number])[] = [];
  // What a `-` would make a range with.
  let before: number | undefined;
  const first = negated ? start + 1 : start;
  for (let at = first; at < codes.length; at++) {
    let code = codes[at];
    if (code === close && at > first) return { part: { kind: "set", negated, ranges }, end: at };
    if (code === open && codes[at + 1] === colon) {
      const named = readClass(codes, at + 2);
      if (named === "broken") return undefined;
      if (named !== undefined) {
        ranges.push(...named.ranges);
        before = undefined;
        at = named.end;
        continue;
      }
    }
    const isRange = code === minus && before !== undefined && codes[at + 1] !== undefined && codes[at + 1] !== close;
    if (isRange) code = codes[++at];
    if (code === backslash) code = codes[++at];
    if (code === undefined) return undefined;
    ranges.push([isRange && before !== undefined ? before : code, code]);
    before = isRange ? undefined : code;
  }
  return undefined;
}

/** `alpha:]`; undefined where it is no class, "broken" for one that nobody knows. */
function readClass(codes: readonly number[], start: number) {
  const end = codes.indexOf(close as number, start);
  if (end < 0) return "broken";
  if (end === start || codes[end - 1] !== colon) return undefined;
  const name = String.fromCodePoint(...codes.slice(start, Math.min(end - 1, start + 10)));
  const ranges = Object.hasOwn(classes, name) ? classes[name] : undefined;
  return ranges === undefined ? "broken" : { ranges, end };
}

function literalOf(tokens: readonly Token[]): string | undefined {
  const codes: number[] = [];
  for (const token of tokens) {
    if (token === "/") codes.push(47);
    else if (token.kind !== "set" || token.negated || token.ranges.length !== 1) return undefined;
    else if (token.ranges[0]?.[0] !== token.ranges[0]?.[1]) return undefined;
    else codes.push(token.ranges[0]?.[0] ?? 0);
  }
  return codes.map((code) => String.fromCodePoint(code)).join("");
}

function matcherOf(tokens: readonly Token[], of: IgnoreLine["of"]): IgnoreLine["matches"] {
  if (of === "name") {
    const parts = tokens.filter((token) => token !== "/");
    return (names) => matchesParts(parts, codePoints(names.at(-1) ?? ""));
  }
  const segments = segmentsOf(tokens);
  return (names) => matchesSegments(segments, names.map(codePoints));
}

function segmentsOf(tokens: readonly Token[]): readonly Segment[] {
  const segments: GlobPart[][] = [[]];
  for (const token of tokens) {
    if (token === "/") segments.push([]);
    else segments.at(-1)?.push(token);
  }
  const isFolders = (parts: readonly GlobPart[]) => parts.length > 1 && parts.every(({ kind }) => kind === "star");
  return segments.map((parts) => (isFolders(parts) ? "folders" : parts));
}

/** As matchesParts, for names of a path. `a/**` is what lies in `a`, not `a` itself. */
function matchesSegments(segments: readonly Segment[], names: readonly (readonly number[])[]): boolean {
  let segment = 0;
  let folders = -1;
  let resume = 0;
  for (let at = 0; at < names.length; ) {
    const wanted = segments[segment];
    if (wanted === "folders") {
      if (segment === segments.length - 1) return true;
      folders = segment++;
      resume = at;
    } else if (wanted !== undefined && matchesParts(wanted, names[at] ?? [])) {
      segment++;
      at++;
    } else if (folders >= 0) {
      segment = folders + 1;
      at = ++resume;
    } else return false;
  }
  return segment === segments.length;
}
