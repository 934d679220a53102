/**
 * JSON with the place of each value. No package keeps all we need (integers apart from floats, the order of keys such
 * as "2" and "10", offsets, Python's NaN and Infinity), and the grammar is small.
 */
import { parseJson } from "../../base/json.ts";
import type { Scalar } from "../../base/value.ts";
import type { LocatedEntry, LocatedNode } from "../text/located.ts";
import { maxDepth, maxNodes, parseFailure, problemAt, type SourceText } from "../text/source-text.ts";

export interface JsonExtra {
  /** The offset of the first key that stands twice in the file (Python takes the last), on the root only. */
  readonly duplicate: { readonly key: string; readonly offset: number } | undefined;
}

const noExtra: JsonExtra = { duplicate: undefined };
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const space = /[ \t\n\r]*/y;
const constants: readonly (readonly [string, Scalar])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

/** Reads a JSON text as Python's json does. Throws SweeplineError with line and column. */
export function scanJson(source: SourceText): LocatedNode<JsonExtra> {
  return new Scanner(source).document();
}

class Scanner {
  private at: number;
  private nodes = 0;
  private depth = 0;
  private duplicate: JsonExtra["duplicate"];
  private readonly text: string;

  constructor(private readonly source: SourceText) {
    this.text = source.text;
    this.at = this.text.startsWith("\ufeff") ? 1 : 0;
  }

  document(): LocatedNode<JsonExtra> {
    this.skipSpace();
    const root = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail("extra data");
    return { ...root, extra: { duplicate: this.duplicate } };
  }

  private fail(what: string, offset = this.at): never {
    throw parseFailure(this.source, offset, {
      code: "JSON_INVALID",
      what: `JSON file structure is corrupted: ${what}`,
    });
  }

  private skipSpace(): void {
    // Most often there is nothing to skip, or one space.
    if (this.text.charCodeAt(this.at) > 32) return;
    space.lastIndex = this.at;
    space.exec(this.text);
    this.at = space.lastIndex;
  }

  private value(): LocatedNode<JsonExtra> {
    this.nodes += 1;
    if (this.nodes > maxNodes)
      throw problemAt(this.source, this.at, { code: "JSON_INVALID", what: `more than ${maxNodes} values` });
    const first = this.text[this.at];
    if (first === "{") return this.nested(() => this.object());
    if (first === "[") return this.nested(() => this.array());
    const start = this.at;
    const value = first === '"' ? this.string() : this.word();
    return { kind: "scalar", value, start, end: this.at, isReference: false, extra: noExtra };
  }

  private nested(read: () => LocatedNode<JsonExtra>): LocatedNode<JsonExtra> {
    this.depth += 1;
    if (this.depth > maxDepth) this.fail(`nested more than ${maxDepth} deep`);
    const node = read();
    this.depth -= 1;
    return node;
  }

  private object(): LocatedNode<JsonExtra> {
    const start = this.at;
    const entries = new Map<string, LocatedEntry<JsonExtra>>();
    this.each("}", () => {
      const keyStart = this.at;
      if (this.text[keyStart] !== '"') this.fail("expecting property name enclosed in double quotes");
      const key = this.string();
      const keyEnd = this.at;
      this.skipSpace();
      if (this.text[this.at] !== ":") this.fail("expecting ':' delimiter");
      this.at += 1;
      this.skipSpace();
      if (entries.has(key)) this.duplicate ??= { key, offset: keyStart };
      entries.set(key, { key, start: keyStart, keyEnd, node: this.value(), origin: "own" });
    });
    return { kind: "map", entries: [...entries.values()], start, end: this.at, isReference: false, extra: noExtra };
  }

  private array(): LocatedNode<JsonExtra> {
    const start = this.at;
    const items: LocatedNode<JsonExtra>[] = [];
    this.each("]", () => {
      items.push(this.value());
    });
    return { kind: "list", items, start, end: this.at, isReference: false, extra: noExtra };
  }

  /** The entries between brackets: from the opening one to behind the closing one. */
  private each(closing: string, readEntry: () => void): void {
    this.at += 1;
    this.skipSpace();
    if (this.text[this.at] === closing) {
      this.at += 1;
      return;
    }
    for (;;) {
      readEntry();
      this.skipSpace();
      const next = this.text[this.at];
      if (next !== "," && next !== closing) this.fail("expecting ',' delimiter");
      this.at += 1;
      if (next === closing) return;
      this.skipSpace();
      if (this.text[this.at] === closing) this.fail("illegal trailing comma", this.at - 1);
    }
  }

  private string(): string {
    const start = this.at;
    let end = this.text.indexOf('"', start + 1);
    while (end >= 0 && this.isEscaped(end)) end = this.text.indexOf('"', end + 1);
    if (end < 0) this.fail("unterminated string", start);
    this.at = end + 1;
    const raw = this.text.slice(start, this.at);
    const text = parseJson(raw);
    return typeof text === "string" ? text : this.fail("invalid string", start);
  }

  private isEscaped(quote: number): boolean {
    let at = quote;
    while (this.text.charCodeAt(at - 1) === 92) at--;
    return (quote - at) % 2 === 1;
  }

  private word(): Scalar {
    number.lastIndex = this.at;
    const match = number.exec(this.text);
    if (match !== null) {
      this.at = number.lastIndex;
      const isFloat = match[1] !== undefined || match[2] !== undefined;
      return isFloat ? Number(match[0]) : BigInt(match[0]);
    }
    for (const [word, value] of constants)
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    return this.fail("expecting value");
  }
}
