/** Where a Python string ends, and whether its escapes are complete. */

/** Reports what is no Python; never returns. */
export type Fail = (offset: number, what: string) => never;

interface Opening {
  /** Where the prefix begins. */
  readonly start: number;
  /** Right behind the opening quotes. */
  readonly body: number;
}

interface StringText extends Opening {
  readonly text: string;
  readonly quotes: string;
  readonly isRaw: boolean;
  readonly isBytes: boolean;
  readonly fail: Fail;
}

/** The offset behind the closing quotes of a string. */
export function endOfString(text: string, opening: Opening, fail: Fail): number {
  const prefix = /^[a-z]*/i.exec(text.slice(opening.start, opening.body))?.[0].toLowerCase() ?? "";
  const quotes = text.slice(opening.start + prefix.length, opening.body);
  const string = { ...opening, text, quotes, isRaw: prefix.includes("r"), isBytes: prefix.includes("b"), fail };
  return /[ft]/.test(prefix) ? new Template(string).end() : endOfPlain(string);
}

function endOfPlain(string: StringText): number {
  let at = string.body;
  while (!string.text.startsWith(string.quotes, at)) at = nextInString(string, at);
  return at + string.quotes.length;
}

/** Behind the character or escape at `at`. */
function nextInString(string: StringText, at: number): number {
  const { text } = string;
  const char = text[at];
  const isLineEnd = char === "\n" || char === "\r";
  if (char === undefined || (isLineEnd && string.quotes.length === 1))
    return string.fail(string.start, "unterminated string literal");
  if (string.isBytes && text.charCodeAt(at) > 127) string.fail(at, "bytes can only contain ASCII literal characters");
  if (char !== "\\") return at + 1;
  if (!string.isRaw) checkEscape(string, at);
  return at + (text.startsWith("\r\n", at + 1) ? 3 : 2);
}

const textEscape = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|N\{[^{}\n]+\}|[^xuUN])/y;
const bytesEscape = /\\[^x]|\\x[0-9a-fA-F]{2}/y;

function checkEscape({ text, isBytes, fail }: StringText, at: number): void {
  const pattern = isBytes ? bytesEscape : textEscape;
  pattern.lastIndex = at;
  if (at + 1 < text.length && !pattern.test(text)) fail(at, "this escape in a string is not complete");
}

/** What stands between the braces of an f-string. */
interface Field {
  readonly from: number;
  /** Brackets open in its expression. */
  brackets: number;
  /** format: behind the ":", which is text again. */
  part: "expression" | "format";
}

/** An f-string: its expressions hold strings of their own (with the same quotes, too, from Python 3.12 on). */
class Template {
  private readonly fields: Field[] = [];

  constructor(private readonly string: StringText) {}

  end(): number {
    const { text, quotes, fail } = this.string;
    let at = this.string.body;
    for (;;) {
      const field = this.fields.at(-1);
      if (field?.part === "expression") at = this.nextInExpression(at, field);
      else if (text.startsWith(quotes, at))
        return field === undefined ? at + quotes.length : fail(at, "f-string: expecting '}'");
      else at = this.nextInText(at, field);
    }
  }

  private nextInText(at: number, field: Field | undefined): number {
    const { text, fail } = this.string;
    const char = text[at];
    const isDoubled = field === undefined && (char === "{" || char === "}") && text[at + 1] === char;
    if (isDoubled) return at + 2;
    if (char === "}")
      return field === undefined ? fail(at, "f-string: single '}' is not allowed") : this.close(at, field);
    if (char === "{") {
      this.fields.push({ from: at + 1, brackets: 0, part: "expression" });
      return at + 1;
    }
    // A backslash does not hide a brace.
    if (char === "\\" && (text[at + 1] === "{" || text[at + 1] === "}")) return at + 1;
    const next = nextInString(this.string, at);
    return char === "\\" && text.startsWith("N{", at + 1) && !this.string.isRaw ? text.indexOf("}", at) + 1 : next;
  }

  private close(at: number, field: Field): number {
    const { text, fail } = this.string;
    if (text.slice(field.from, at).trim() === "") fail(at, "f-string: empty expression not allowed");
    this.fields.pop();
    return at + 1;
  }

  private nextInExpression(at: number, field: Field): number {
    const { text, fail } = this.string;
    const char = text[at];
    if (char === undefined) return fail(this.string.start, "unterminated f-string literal");
    if (char === '"' || char === "'") return this.nested(at);
    if (char === "}" && field.brackets === 0) return this.close(at, field);
    if (char === "(" || char === "[" || char === "{") field.brackets += 1;
    if (char === ")" || char === "]" || char === "}") field.brackets -= 1;
    if (char === ":" && field.brackets === 0) field.part = "format";
    return at + 1;
  }

  private nested(at: number): number {
    const { text, fail } = this.string;
    const prefix = /(?<![\p{XID_Continue}])[a-zA-Z]{0,2}$/u.exec(text.slice(Math.max(0, at - 3), at))?.[0] ?? "";
    const quotes = text.startsWith((text[at] ?? "").repeat(3), at) ? 3 : 1;
    const start = /^(?:b|br|rb|r|u|f|rf|fr|t|rt|tr)$/i.test(prefix) ? at - prefix.length : at;
    return endOfString(text, { start, body: at + quotes }, fail);
  }
}
