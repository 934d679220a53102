/**
 * A reader for the YAML that DVC and we write into lock files: block mappings and lists, plain and quoted scalars.
 * It is some thirty times faster than a whole YAML parser, which counts with thousands of stages. What it does not
 * know for sure (anchors, block scalars, flow collections, comments, escapes) it leaves to that parser: it answers
 * undefined, never a guess.
 */

import { isMap, type Scalar, type Value } from "../base/value.ts";
import { isResolved } from "./ruamel-scalar.ts";

interface Entry {
  readonly key: Scalar;
  /** What follows the colon. */
  readonly rest: string;
}

interface Line {
  readonly indent: number;
  readonly text: string;
  /** Where it was looked for already. */
  readonly entry?: Entry;
}

class Unknown extends Error {}

const integer = /^[-+]?(?:0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$/;
const words: Readonly<Record<string, Scalar>> = {
  true: true,
  false: false,
  null: null,
  "~": null,
  ".inf": Number.POSITIVE_INFINITY,
  "-.inf": Number.NEGATIVE_INFINITY,
  ".nan": Number.NaN,
};

/** Most of a lock file, told at a glance: a word or a path, and a hash, whose letters no number has. */
const plainWord = /^(?:[A-Za-z][\w./-]*|[0-9a-f]*[acdf][0-9a-f]*(?:\.dir)?)$/;
const namedValue = /^(?:true|false|null)$/i;
const count = /^(?:0|[1-9]\d*)$/;

function isPlainWord(text: string): boolean {
  return plainWord.test(text) && !(text.length < 6 && namedValue.test(text));
}

function plainScalar(text: string): Scalar {
  if (isPlainWord(text)) return text;
  if (Object.hasOwn(words, text)) return words[text] ?? null;
  if (!isResolved(text)) return text;
  if (integer.test(text)) return BigInt(text);
  if (float.test(text)) return Number(text);
  throw new Unknown();
}

const plainStart = /^[^\s#,[\]{}&*!|>'"%@`]/;

function isPlain(text: string): boolean {
  return plainStart.test(text) && !/^[-?:](?:\s|$)|:\s|:$|\s#|\t/.test(text);
}

function scalar(text: string): Scalar | [] {
  if (isPlainWord(text)) return text;
  if (count.test(text)) return BigInt(text);
  if (isPlain(text)) return plainScalar(text);
  if (text === "[]") return [];
  const single = /^'((?:[^']|'')*)'$/.exec(text);
  if (single !== null) return (single[1] ?? "").replaceAll("''", "'");
  const double = /^"([^"\\]*)"$/.exec(text);
  if (double !== null) return double[1] ?? "";
  throw new Unknown();
}

/** A key and what follows its colon; undefined where the line is no entry of a mapping. */
function splitEntry(text: string): Entry | undefined {
  const quick = /^([A-Za-z][\w./-]*):(?: (.*)|$)/.exec(text);
  if (quick?.[1] !== undefined && isPlainWord(quick[1])) return { key: quick[1], rest: quick[2] ?? "" };
  const match = /^('(?:[^']|'')*'|[^\s'"[{&*!|>%@`#,?-](?:[^:#]|:(?=\S)|(?<=\S)#)*?|-(?=\S)[^:#]*?):(?: (.*)|$)/.exec(
    text,
  );
  if (match === null) return undefined;
  const written = match[1] ?? "";
  const key = scalar(written.slice(0, contentOf(written)[1]));
  if (Array.isArray(key)) throw new Unknown();
  return { key, rest: match[2] ?? "" };
}

/** `[in, data/raw.csv]`: words that mean the same in any place. */
const flowList = /^\[([A-Za-z0-9_.][\w./-]*(?:, ?[A-Za-z0-9_.][\w./-]*)*)\]$/;

/** Keys at an indentation that are not read: their value is null, whatever stands below them. */
export interface PassedOver {
  readonly indent: number;
  readonly keys: ReadonlySet<string>;
}

class Scanner {
  private position = 0;
  constructor(
    private readonly lines: Line[],
    private readonly passedOver: PassedOver | undefined,
  ) {}

  document(): Value {
    const value = this.block(this.lines[0]?.indent ?? 0);
    if (this.position < this.lines.length) throw new Unknown();
    return value;
  }

  private peek(): Line | undefined {
    return this.lines[this.position];
  }

  private block(indent: number): Value {
    return this.isItem(this.peek(), indent) ? this.sequence(indent) : this.mapping(indent);
  }

  private isItem(line: Line | undefined, indent: number): boolean {
    return line !== undefined && line.indent === indent && (line.text === "-" || line.text.startsWith("- "));
  }

  private mapping(indent: number): Value {
    const map = new Map<Scalar, Value>();
    for (let line = this.peek(); line !== undefined && line.indent === indent; line = this.peek()) {
      if (this.isItem(line, indent)) break;
      const entry = line.entry ?? splitEntry(line.text);
      if (entry === undefined || map.has(entry.key)) throw new Unknown();
      this.position++;
      map.set(entry.key, this.valueOf(entry, indent));
    }
    return map;
  }

  private valueOf({ key, rest }: Entry, indent: number): Value {
    if (this.passedOver?.indent === indent && this.passedOver.keys.has(String(key))) return this.passOver(indent);
    return rest === "" ? this.below(indent) : this.value(rest, indent);
  }

  /** All lines below a key; a list may have the indentation of its key. */
  private passOver(indent: number): null {
    for (let next = this.peek(); next !== undefined; next = this.peek()) {
      if (next.indent < indent || (next.indent === indent && !this.isItem(next, indent))) break;
      this.position++;
    }
    return null;
  }

  /** What stands below `key:`; a list may have the indentation of its key. */
  private below(indent: number): Value {
    const next = this.peek();
    if (next === undefined || next.indent < indent) return null;
    if (this.isItem(next, indent)) return this.sequence(indent);
    return next.indent === indent ? null : this.block(next.indent);
  }

  /** A value on its line; deeper lines that follow belong to it: a long one was folded. */
  private value(first: string, indent: number): Value {
    let text = first;
    for (let next = this.peek(); next !== undefined && next.indent > indent; next = this.peek()) {
      if (next.indent === noIndent) throw new Unknown();
      text = `${text} ${next.text}`;
      this.position++;
    }
    if (text === "{}") return new Map();
    const flow = text[0] === "[" ? flowList.exec(text)?.[1] : undefined;
    if (flow !== undefined) return flow.split(/, ?/).map(plainScalar);
    return scalar(text);
  }

  private sequence(indent: number): Value {
    const list: Value[] = [];
    for (let line = this.peek(); this.isItem(line, indent); line = this.peek())
      list.push(this.item(line?.text ?? "", indent));
    return list;
  }

  private item(text: string, indent: number): Value {
    const rest = text.slice(2);
    if (rest.startsWith(" ")) throw new Unknown();
    if (rest === "") {
      this.position++;
      const next = this.peek();
      return next === undefined || next.indent <= indent ? null : unknown();
    }
    if (rest.startsWith("- ")) return this.nested({ indent: indent + 2, text: rest });
    const entry = splitEntry(rest);
    if (entry !== undefined) return this.nested({ indent: indent + 2, text: rest, entry });
    this.position++;
    return this.value(rest, indent);
  }

  /** `- key: value` and `- - value`: the rest of the line is the first line of a block of its own. */
  private nested(line: Line): Value {
    this.lines[this.position] = line;
    return this.block(line.indent);
  }
}

function unknown(): never {
  throw new Unknown();
}

const space = 32;

/** Where a line's text begins and ends: no other character than the space is blank there. */
function contentOf(line: string): readonly [start: number, end: number] {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === space) end--;
  let start = 0;
  while (start < end && line.charCodeAt(start) === space) start++;
  return [start, end];
}

const documentMark = /^(?:---|\.\.\.|%)/;

/** Whoever nests deeper is for the parser, which counts levels: this reader calls itself for each. */
const deepestIndent = 200;

/** Of a line that is empty or looks like a comment: it may belong to a text, and only who passes over that passes over it. */
const noIndent = Number.POSITIVE_INFINITY;

/**
 * Lines as indentation and text, without the blanks at their ends, which mean nothing. Undefined where one is a document
 * mark; also where there are tabs and other line ends, whose rules are the parser's.
 */
function toLines(text: string): Line[] | undefined {
  if (/[\t\r\u0085\u2028\u2029\ufeff]/.test(text)) return undefined;
  const lines: Line[] = [];
  const all = text.endsWith("\n") ? text.slice(0, -1) : text;
  for (const line of all.split("\n")) {
    const [indent, end] = contentOf(line);
    const content = line.slice(indent, end);
    if (indent > deepestIndent || (indent === 0 && documentMark.test(line))) return undefined;
    const isBare = content === "" || content[0] === "#";
    lines.push(isBare ? { indent: noIndent, text: "#" } : { indent, text: content });
  }
  return lines;
}

/**
 * The value of a text in the plain style of lock files, or undefined where it may mean something else.
 * @param passedOver what is not asked for; it may be in any style
 */
export function scanYaml(text: string, passedOver?: PassedOver): Value | undefined {
  const lines = toLines(text);
  if (lines === undefined || lines.length === 0) return undefined;
  try {
    const value = new Scanner(lines, passedOver).document();
    return isMap(value) || Array.isArray(value) ? value : undefined;
  } catch (error) {
    // A pattern that meets a line of megabytes ends at the stack's end: such a line is for the parser.
    if (error instanceof Unknown || error instanceof RangeError) return undefined;
    throw error;
  }
}
