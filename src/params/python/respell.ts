/**
 * Python that the parser's grammar lacks, spelled as something of the same length that it has: a bare `yield`, a number
 * that ends with its point, f-strings, `with … as (a, b)`. Values are read from the text itself, never from the spelling.
 */
import type { LogicalLine, Token } from "./scan.ts";

/** What the words before a token tell about it. */
interface Surroundings {
  /** The line's first word; `async` does not count. */
  readonly head: string;
  readonly isCase: boolean;
  /** How many `for` still wait for their `in`. */
  loops: number;
  hasLambda: boolean;
  /** The open brackets; a subscript is written `x[`. */
  readonly brackets: string[];
  before: string;
  next: Token | undefined;
}

/** Gathers what is to be spelled differently in a text. */
export class Respelling {
  private readonly parts: string[] = [];
  private done = 0;

  constructor(private readonly text: string) {}

  /** Takes the lines in their order. */
  take({ tokens }: LogicalLine): void {
    const first = this.word(tokens[0]);
    const head = first === "async" ? this.word(tokens[1]) : first;
    const isCase = first === "case" && !/^[=.:,]$/.test(this.word(tokens[1]));
    const around: Surroundings = {
      head,
      isCase,
      loops: 0,
      hasLambda: false,
      brackets: [],
      before: "",
      next: undefined,
    };
    for (const [index, token] of tokens.entries()) {
      around.next = tokens[index + 1];
      this.token(token, around);
      around.before = this.word(token);
    }
  }

  /** The text, spelled so that the parser knows it, place by place the same. */
  result(): string {
    const spelled = this.parts.join("") + this.text.slice(this.done);
    // Spaces in a last line without an end would be an indentation.
    const end = spelled.trimEnd().length;
    const text = spelled.slice(0, end) + "\n".repeat(spelled.length - end);
    if (!text.includes("\f")) return text;
    // A form feed begins its line anew.
    return text.replace(/^[ \t\f]*\f/gm, (before) => "\n".repeat(before.length)).replaceAll("\f", " ");
  }

  /** A token's text; a string's is left out, however long. */
  private word(token: Token | undefined): string {
    if (token === undefined) return "";
    return token.kind === "string" ? '"' : this.text.slice(token.start, token.end);
  }

  private replace(place: { readonly start: number; readonly end: number }, spelling: string): void {
    if (place.start < this.done) return;
    this.parts.push(this.text.slice(this.done, place.start), spelling);
    this.done = place.end;
  }

  private token(token: Token, around: Surroundings): void {
    if (token.kind === "number") this.number(token);
    else if (token.kind === "string" && around.isCase && around.before === '"')
      this.replace(token, " ".repeat(token.end - token.start));
    else if (token.kind === "string") this.string(token);
    else if (token.kind === "name") this.name(token, around);
    else this.operator(token, around);
  }

  private number(token: Token): void {
    if (this.text[token.end - 1] === ".") this.replace(token, "1".repeat(token.end - token.start));
  }

  /** An f-string becomes bytes: neither is a parameter's value. */
  private string(token: Token): void {
    const prefix = /^[a-z]*/i.exec(this.text.slice(token.start, token.start + 2))?.[0] ?? "";
    if (!/[ft]/i.test(prefix)) return;
    const quote = this.text[token.end - 1] ?? "";
    const body = "_".repeat(token.end - token.start - prefix.length - 2);
    this.replace(token, (prefix.length === 1 ? "b" : "br") + quote + body + quote);
  }

  private name(token: Token, around: Surroundings): void {
    const word = this.word(token);
    around.hasLambda ||= word === "lambda";
    if (word === "for") around.loops += 1;
    if (word === "in" && around.loops > 0) around.loops -= 1;
    const isBare = around.next === undefined || /^[)\]};,:=]$/.test(this.word(around.next));
    if (word === "yield" && isBare) this.replace(token, "None_");
    // Not the statement of Python 2.
    if (word === "print") this.replace(token, "Print");
    if (word === "as" && around.head === "with") this.replace(token, "or");
  }

  private operator(token: Token, around: Surroundings): void {
    const word = this.word(token);
    // A decorator may be any expression; what it stands before is read on its own.
    if (word === "@" && around.before === "") this.replace(token, "~");
    else if (word === "*") this.star(token, around);
    else if (word === "/" && around.hasLambda && around.before === ",") this.replace(token, "_");
    else if (word === "(" && around.isCase && this.word(around.next) === ")")
      this.replace(
        { start: token.start, end: (around.next ?? token).end },
        " ".repeat((around.next ?? token).end - token.start),
      );
    if ("([{".includes(word)) around.brackets.push(word === "[" && endsValue.test(around.before) ? "x[" : word);
    else if (")]}".includes(word)) around.brackets.pop();
  }

  private star(token: Token, { head, isCase, loops, brackets, before, next }: Surroundings): void {
    if (loops > 0 || (isCase && /^[,([]$/.test(before))) this.replace(token, " ");
    else if (before === "lambda" && this.word(next) === ",") this.replace(token, "_");
    else if (brackets.at(-1) === "x[" && /^(?:,|\[)$/.test(before)) this.replace(token, "~");
    else if ((head === "for" && /^(?:in|,)$/.test(before)) || (head === "def" && before === ":"))
      this.replace(token, "~");
  }
}

/** Behind it a bracket is a subscript: a name, a closing bracket, a string. */
const endsValue =
  /^(?!(?:and|as|assert|await|del|elif|else|for|from|if|in|is|lambda|not|or|print|raise|return|while|with|yield)$)[\p{XID_Continue})\]}"]+$/u;
