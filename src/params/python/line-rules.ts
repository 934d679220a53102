/** What CPython's grammar forbids within a line and the parser's lets pass (it still knows Python 2). */
import type { LogicalLine, Token } from "./scan.ts";
import type { Fail } from "./strings.ts";

const hardKeywords = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

/** Whether Python keeps a word for itself, so that it can be no name. */
export function isKeyword(word: string): boolean {
  return hardKeywords.has(word);
}

/** What must be followed by something that can be assigned, or by a name. */
const beforeTargets = new Set(["as", "for", "del", "import", "def", "class", "global", "nonlocal"]);

/** Fails at the first token of the line that cannot stand there. */
export function checkLine(text: string, { tokens }: LogicalLine, fail: Fail): void {
  const wordOf = (token: Token | undefined): string =>
    token === undefined || token.kind === "string" ? "" : text.slice(token.start, token.end);
  const head = wordOf(tokens[0]);
  const last = tokens.at(-1);
  if ((head === "import" || head === "from") && last !== undefined && wordOf(last) === ",")
    fail(last.start, "trailing comma not allowed without surrounding parentheses");
  let brackets = 0;
  for (const [index, token] of tokens.entries()) {
    const word = wordOf(token);
    if (token.kind === "operator" && "([{".includes(word)) brackets += 1;
    if (token.kind === "operator" && ")]}".includes(word)) brackets -= 1;
    if (head === "raise" && word === "," && brackets === 0) fail(token.start, "invalid syntax");
    const next = tokens[index + 1];
    if (next === undefined) continue;
    const isLiteral = next.kind === "number" || next.kind === "string";
    if (token.kind === "name" && beforeTargets.has(word) && isLiteral)
      fail(next.start, "nothing can be assigned to this");
    if (word === "." && isKeyword(wordOf(next)) && wordOf(next) !== "import") fail(next.start, "invalid syntax");
  }
}
