/** Python text to tokens, line by line, as CPython's tokenizer reads it: what is no token, number or string is refused here. */
import { endOfString, type Fail } from "./strings.ts";

export interface Token {
  readonly kind: "name" | "number" | "string" | "operator";
  readonly start: number;
  readonly end: number;
}

/** A statement's text, or the head of a block: one line, or several where brackets or a backslash hold them together. */
export interface LogicalLine {
  /** Where the indentation begins. */
  readonly start: number;
  readonly tokens: readonly Token[];
}

/** CPython's own limit of brackets inside brackets. */
const maxBrackets = 200;
/** CPython's own limit of a number's decimal digits. */
const maxDigits = 4300;

const blank = /[ \t\f]*/y;
const comment = /#[^\n\r]*/y;
const lineEnd = /\r\n?|\n/y;
const name = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const stringStart = /(?:[bB][rR]?|[rR][bBfFtT]?|[uU]|[fFtT][rR]?)?(?:"""|'''|"|')/y;
const operator = /\*\*=?|\/\/=?|>>=?|<<=?|\.\.\.|->|[-+*/%&|^@:<>=!]=|[-+*/%@&|^~<>=:;,.()[\]{}]/y;
const digits = "\\d(?:_?\\d)*";
const number = new RegExp(
  `0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:[eE][-+]?${digits})?[jJ]?`,
  "y",
);
/** A word that may stand right behind a number: `1if x else 2`. */
const wordBehind = /(?:and|else|for|if|in|is|not|or)(?!\p{XID_Continue})/uy;
const continuesWord = /[\p{XID_Continue}]/uy;
const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** The logical lines of a text. Lines without any token are left out. */
export function* logicalLines(text: string, fail: Fail): Generator<LogicalLine> {
  let at = 0;
  while (at < text.length) {
    const scanner = new LineScanner(text, at, fail);
    at = scanner.scan();
    if (scanner.tokens.length > 0) yield { start: scanner.start, tokens: scanner.tokens };
  }
}

class LineScanner {
  readonly tokens: Token[] = [];
  private readonly open: number[] = [];

  constructor(
    private readonly text: string,
    readonly start: number,
    private readonly fail: Fail,
  ) {}

  /** Reads up to the end of the logical line and returns where the next one begins. */
  scan(): number {
    let at = this.start;
    for (;;) {
      at = matchEnd(blank, this.text, at) ?? at;
      at = matchEnd(comment, this.text, at) ?? at;
      if (at >= this.text.length) return this.close(at);
      const next = matchEnd(lineEnd, this.text, at);
      if (next !== undefined && this.open.length === 0) return next;
      at = next ?? (this.text[at] === "\\" ? this.continued(at) : this.token(at));
    }
  }

  private close(at: number): number {
    const bracket = this.open.at(-1);
    if (bracket !== undefined) this.fail(bracket, `'${this.text[bracket] ?? ""}' was never closed`);
    return at;
  }

  private continued(at: number): number {
    const next = matchEnd(lineEnd, this.text, at + 1);
    if (next === undefined) return this.fail(at, "unexpected character after line continuation character");
    if (next >= this.text.length) return this.fail(at, "unexpected end of the file after line continuation character");
    return next;
  }

  private token(at: number): number {
    const { text } = this;
    const quoted = matchEnd(stringStart, text, at);
    if (quoted !== undefined) return this.push("string", at, endOfString(text, { start: at, body: quoted }, this.fail));
    const digit = matchEnd(number, text, at);
    if (digit !== undefined) return this.push("number", at, this.numberEnd(at, digit));
    const word = matchEnd(name, text, at);
    if (word !== undefined) return this.push("name", at, word);
    const end = matchEnd(operator, text, at);
    if (end === undefined) return this.fail(at, `invalid character ${JSON.stringify(charAt(text, at))}`);
    this.bracket(at);
    return this.push("operator", at, end);
  }

  private push(kind: Token["kind"], start: number, end: number): number {
    this.tokens.push({ kind, start, end });
    return end;
  }

  private numberEnd(start: number, end: number): number {
    const written = this.text.slice(start, end);
    const isWhole = /^[\d_]+$/.test(written);
    if (isWhole && /^0.*[1-9]/.test(written))
      this.fail(
        start,
        "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
      );
    const isRunOn =
      matchEnd(continuesWord, this.text, end) !== undefined && matchEnd(wordBehind, this.text, end) === undefined;
    if (isRunOn || (isWhole && written.length > maxDigits)) this.fail(start, "invalid number");
    return end;
  }

  private bracket(at: number): void {
    const char = this.text[at] ?? "";
    if (closing[char] !== undefined) {
      this.open.push(at);
      if (this.open.length > maxBrackets) this.fail(at, "too many nested parentheses");
    } else if (char === ")" || char === "]" || char === "}") this.closeBracket(at, char);
  }

  private closeBracket(at: number, char: string): void {
    const opened = this.open.pop();
    const opener = opened === undefined ? this.fail(at, `unmatched '${char}'`) : (this.text[opened] ?? "");
    if (closing[opener] !== char)
      this.fail(at, `closing parenthesis '${char}' does not match opening parenthesis '${opener}'`);
  }
}

function charAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}
