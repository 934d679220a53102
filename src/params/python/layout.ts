/** The indentation of Python's lines, with CPython's rules: blocks begin behind a ":", levels agree, tabs are not mixed in. */
import type { LogicalLine, Token } from "./scan.ts";
import type { Fail } from "./strings.ts";

interface Level {
  /** A tab goes to the next multiple of eight … */
  readonly column: number;
  /** … or is one character: both ways of counting must agree. */
  readonly characters: number;
}

const decorated: ReadonlySet<string> = new Set(["@", "def", "class", "async"]);

/** CPython's own limit of blocks inside blocks. */
const maxLevels = 100;

/** Follows the lines of one file. */
export class Layout {
  private readonly levels: Level[] = [{ column: 0, characters: 0 }];
  private awaits: "block" | "decorated" | undefined;

  constructor(
    private readonly text: string,
    private readonly fail: Fail,
  ) {}

  /** Takes the next line. Fails where its indentation is not possible after the lines before it. */
  take(line: LogicalLine): void {
    const from = line.tokens[0]?.start ?? line.start;
    const level = levelOf(this.text, line.start, from);
    const top = this.levels.at(-1) ?? level;
    if (level.column > top.column) this.enter(level, top, from);
    else if (this.awaits === "block") this.fail(from, "expected an indented block");
    else this.leave(level, from);
    const head = this.textOf(line.tokens[0]);
    if (this.awaits === "decorated" && (level.column < top.column || !decorated.has(head)))
      this.fail(from, "a decorator stands before a function or a class only");
    if (this.textOf(line.tokens.at(-1)) === ":") this.awaits = "block";
    else this.awaits = head === "@" ? "decorated" : undefined;
  }

  /** At the end of the file. */
  finish(): void {
    if (this.awaits !== undefined) this.fail(this.text.length, "unexpected end of the file");
  }

  private textOf(token: Token | undefined): string {
    return token === undefined ? "" : this.text.slice(token.start, token.end);
  }

  private enter(level: Level, top: Level, at: number): void {
    if (this.awaits !== "block") this.fail(at, "unexpected indent");
    if (level.characters <= top.characters) this.mixed(at);
    this.levels.push(level);
    if (this.levels.length > maxLevels) this.fail(at, "too many levels of indentation");
  }

  private leave(level: Level, at: number): void {
    while (this.levels.length > 1 && (this.levels.at(-1)?.column ?? 0) > level.column) this.levels.pop();
    const top = this.levels.at(-1);
    if (top?.column !== level.column) this.fail(at, "unindent does not match any outer indentation level");
    if (top?.characters !== level.characters) this.mixed(at);
  }

  private mixed(at: number): never {
    return this.fail(at, "inconsistent use of tabs and spaces in indentation");
  }
}

function levelOf(text: string, start: number, end: number): Level {
  let column = 0;
  let characters = 0;
  for (let at = start; at < end; at++) {
    const char = text[at];
    // A form feed begins the count anew; what a backslash continues is indented as its first line is.
    if (char === "\f") column = characters = 0;
    else if (char === "\\") break;
    else {
      column = char === "\t" ? column + 8 - (column % 8) : column + 1;
      characters += 1;
    }
  }
  return { column, characters };
}
