/** Texts as documents of the `yaml` package: also those whose brackets and quotes go on as Python's readers take it. */
import { Composer, type CST, type Document, Lexer, Parser, parseDocument as parsePackage } from "yaml";
import { maxDepth } from "../text/source-text.ts";

const options = {
  schema: "failsafe",
  merge: false,
  uniqueKeys: false,
  // Else !!timestamp and the like become objects of the package.
  resolveKnownTags: false,
  keepSourceTokens: true,
  prettyErrors: false,
  // "silent" would also drop the error of a second document.
  logLevel: "error",
} as const;

/** The document of a text, with the errors in it. */
export function parseDocument(text: string): Document {
  const document = parsePackage(text, options);
  if (document.errors.length === 0) return document;
  const again = parseIndented(text);
  return again === undefined || again.errors.length > 0 ? document : again;
}

/** Without this much of a line's beginning, and as many brackets, a text can't nest too deep: each level takes a column. */
const nestingLine = new RegExp(`^[ \\t?:-]{${maxDepth / 2}}`, "m");

/**
 * Where a text nests more than `maxDepth` deep, as an offset; undefined where it does not. The package composes by calling
 * itself, and a pattern that Node compiles near the end of the stack ends the process: so this is asked first.
 */
export function tooDeepAt(text: string): number | undefined {
  if (text.split(/[[{]/, maxDepth + 1).length <= maxDepth && !nestingLine.test(text)) return undefined;
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of new Parser().parse(text)) open.push({ token, depth: 0 });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return token.offset;
    const isCollection = "items" in token;
    const inner = isCollection ? token.items.flatMap(({ key, value }) => [key, value]) : [contentOf(token)];
    for (const each of inner) if (each) open.push({ token: each, depth: isCollection ? depth + 1 : depth });
  }
  return undefined;
}

function contentOf(token: CST.Token): CST.Token | undefined {
  return token.type === "document" ? token.value : undefined;
}

/** Characters that the lexer may be given again: a text with long unfinished values would take for ever. */
const maxWork = 300_000_000;

/**
 * YAML whose brackets and quotes go on in lines that are not indented more than their key, which the package refuses: the
 * text is handed to its lexer line by line, such lines moved to the right, and what they were moved by is taken out of the
 * tokens again, so that all places are those of the text. Undefined for more than one document, and for too much work.
 */
function parseIndented(text: string): Document | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const documents = new Composer(options).compose(parsed(new Parser(), tokens), true, text.length);
  const [document, ...others] = documents;
  return others.length > 0 ? undefined : document;
}

function* parsed(parser: Parser, tokens: readonly string[]) {
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

const scalarMark = "\x1f";
const controls = new Set([scalarMark, "\x02", "\x18"]);

function tokensOf(text: string): readonly string[] | undefined {
  const lines = new LineLexer();
  for (const line of text.split(/(?<=\n)/)) if (!lines.add(line)) return undefined;
  return lines.end();
}

class LineLexer {
  private readonly lexer = new Lexer();
  private readonly tokens: string[] = [];
  /** Blanks that were put in: where, in the text that the lexer got, and how many. */
  private readonly padded: { readonly at: number; readonly length: number }[] = [];
  private nextPadded = 0;
  private given = 0;
  private taken = 0;
  private work = 0;
  /** What the lexer has been given and not yet cut into tokens. */
  private rest = "";
  /** Lines that the lexer has not been given. */
  private waiting = "";
  /** Brackets that are open. */
  private depth = 0;
  private isScalar = false;
  /** Column up to which a line that goes on is moved. */
  private column = 0;
  private lineStart = 0;

  /** False where it gets too much, or cannot be right. */
  add(line: string): boolean {
    const isQuoted = /^["']/.test(this.rest);
    if (this.depth === 0) this.column = isQuoted ? Math.max(this.column, this.taken - this.lineStart + 1) : 0;
    // Where nothing is open, and nothing opens, a line can wait.
    if (this.column === 0 && !/["'[{]/.test(line)) {
      this.waiting += line;
      return true;
    }
    // A document ends there, whatever is open.
    if (this.column > 0 && /^(?:---|\.\.\.)(?:\s|$)/.test(line)) return false;
    const length = this.missing(line);
    if (length > 0) this.padded.push({ at: this.given, length });
    this.lineStart = this.given + this.waiting.length;
    this.give(this.waiting + " ".repeat(length) + line, "more follows");
    this.waiting = "";
    this.work += this.rest.length + length;
    return this.work <= maxWork;
  }

  end(): readonly string[] {
    this.give(this.waiting, "last");
    return this.tokens;
  }

  /** The blanks that a line lacks to come up to the column where the brackets or quotes began. */
  private missing(line: string): number {
    if (this.column === 0 || line.trim() === "") return 0;
    return Math.max(0, this.column - (/^ */.exec(line)?.[0].length ?? 0));
  }

  private give(text: string, place: "more follows" | "last"): void {
    this.given += text.length;
    this.rest += text;
    for (const token of this.lexer.lex(text, place === "more follows")) this.take(token);
  }

  private take(token: string): void {
    if (controls.has(token)) {
      this.isScalar = token === scalarMark;
      this.tokens.push(token);
      return;
    }
    if (!this.isScalar) this.count(token);
    this.isScalar = false;
    const start = this.taken;
    this.taken += token.length;
    this.rest = this.rest.slice(token.length);
    const kept = this.unpadded(token, start);
    if (kept !== "" || token === "") this.tokens.push(kept);
  }

  private count(token: string): void {
    if (token === "[" || token === "{") {
      if (this.depth === 0) this.column = this.taken - this.lineStart + 1;
      this.depth += 1;
    } else if ((token === "]" || token === "}") && this.depth > 0) this.depth -= 1;
  }

  private unpadded(token: string, start: number): string {
    let result = "";
    let done = 0;
    for (let pad = this.padded[this.nextPadded]; pad !== undefined; pad = this.padded[this.nextPadded]) {
      if (pad.at >= start + token.length) break;
      result += token.slice(done, pad.at - start);
      done = pad.at - start + pad.length;
      this.nextPadded += 1;
    }
    return result + token.slice(done);
  }
}
