/**
 * Reading a YAML file that differs from one that was read before in a few values only, as the parameter files of a sweep do:
 * the values are exchanged, and nothing else is parsed. 5,000 files take 50 ms so, and 10 times that or more by a parser.
 */
import { isMap, type Scalar, sameValue, type Value } from "../base/value.ts";

export interface ReadText {
  readonly text: string;
  readonly value: Value;
}

/** A line `key: value`, its value one plain word; the rest of the line is a comment at most. */
const entryPattern = /^( *)([A-Za-z_][\w-]*):( +)([\w.+-]+)( *(?: #.*)?)$/;
const parentPattern = /^( *)([A-Za-z_][\w-]*):(?: +#.*)?$/;
/** Anchors, aliases, several documents, tags, tabs: a value may stand for more than its line. */
const tooRich = /[&*!%\t\r]|^---|^\.\.\./m;

interface Change {
  readonly path: readonly string[];
  readonly old: string;
  readonly current: string;
}

/** The keys that lead to a line, by indentation; undefined where the lines above are no simple mappings. */
interface LineKey {
  readonly indent: number;
  readonly key: string;
}

function pathOf(lines: readonly string[], index: number, { indent, key }: LineKey): readonly string[] | undefined {
  const path = [key];
  let below = indent;
  for (let at = index - 1; at >= 0 && below > 0; at--) {
    const line = lines[at] ?? "";
    const start = line.search(/\S/);
    if (start < 0 || line[start] === "#" || start >= below) continue;
    const parent = parentPattern.exec(line);
    if (parent === null) return undefined;
    path.unshift(parent[2] ?? "");
    below = start;
  }
  return below === 0 ? path : undefined;
}

/** The values that differ, or undefined where more than plain values does. */
function changesBetween(before: readonly string[], lines: readonly string[]): readonly Change[] | undefined {
  if (before.length !== lines.length) return undefined;
  const changes: Change[] = [];
  for (const [index, line] of lines.entries()) {
    const old = before[index] ?? "";
    if (line === old) continue;
    const [was, is] = [entryPattern.exec(old), entryPattern.exec(line)];
    if (was === null || is === null || was[1] !== is[1] || was[2] !== is[2]) return undefined;
    const path = pathOf(lines, index, { indent: is[1]?.length ?? 0, key: is[2] ?? "" });
    if (path === undefined) return undefined;
    changes.push({ path, old: was[4] ?? "", current: is[4] ?? "" });
  }
  return changes;
}

function valueAtPath(value: Value, path: readonly string[]): Value | undefined {
  let at: Value | undefined = value;
  for (const key of path) at = isMap(at) ? at.get(key) : undefined;
  return at;
}

/** A copy with one value exchanged; what is not on the way is shared. */
function exchange(value: Value, [key = "", ...rest]: readonly string[], current: Value): Value {
  if (!isMap(value)) return value;
  const copy = new Map<Scalar, Value>(value);
  copy.set(key, rest.length === 0 ? current : exchange(value.get(key) ?? null, rest, current));
  return copy;
}

/**
 * The value of `text`, made from that of a similar text; undefined where a parser has to look. It never guesses: the place
 * of each exchanged value is proved by finding the old value there.
 * @param scalar what the parser says of a text with one plain word
 */
export function readSimilar(text: string, before: ReadText, scalar: (word: string) => Value): Value | undefined {
  if (tooRich.test(text) || tooRich.test(before.text)) return undefined;
  const changes = changesBetween(before.text.split("\n"), text.split("\n"));
  if (changes === undefined) return undefined;
  let value = before.value;
  for (const { path, old, current } of changes) {
    const there = valueAtPath(before.value, path);
    if (there === undefined || isMap(there) || !sameValue(there, scalar(old))) return undefined;
    value = exchange(value, path, scalar(current));
  }
  return value;
}
