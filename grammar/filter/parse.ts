/** Conditions on experiments to their tree. */
import { EOF, type IRecognitionException, type IToken, Lexer } from "chevrotain";
import type { FilterIssue, FilterResult } from "./ast.ts";
import { hintAt } from "./hints.ts";
import { FilterParser, FilterRefusal } from "./parser.ts";
import { filterTokens, OpenText } from "./tokens.ts";

interface FilterEngine {
  readonly lexer: Lexer;
  readonly parser: FilterParser;
}

/** Longer than anybody types. */
export const longestFilter = 20_000;

let engine: FilterEngine | undefined;

function getEngine(): FilterEngine {
  engine ??= {
    lexer: new Lexer(filterTokens, { positionTracking: "onlyOffset", ensureOptimizations: false }),
    parser: new FilterParser(),
  };
  return engine;
}

function expectedAt({ name, context }: IRecognitionException): string {
  if (name === "NotAllInputParsedException") return "an operator such as ==, <, and, or";
  const rule = context.ruleStack.at(-1);
  if (name === "MismatchedTokenException" && (rule === "brackets" || rule === "list"))
    return "an operator or a closing bracket";
  return "a name or a value";
}

function placeOfIssue(text: string, error: IRecognitionException): FilterIssue {
  const { token } = error;
  if (token.tokenType === EOF)
    return { message: `expected ${expectedAt(error)}, found the end`, offset: text.length, length: 0 };
  const place = { offset: token.startOffset, length: token.image.length };
  if (token.tokenType === OpenText)
    return { message: `the quote ${token.image.slice(0, 1)} is not closed`, offset: token.startOffset, length: 1 };
  return { message: `expected ${expectedAt(error)}, found '${token.image.slice(0, 40)}'`, ...place };
}

/** With the condition as it may be meant, where the words of another language stand in it. */
function withHint(issue: FilterIssue, text: string, tokens: readonly IToken[]): FilterIssue {
  const hint = hintAt(text, { tokens, offset: issue.offset, isRead: (corrected) => readTokens(corrected).ok });
  return hint === undefined ? issue : { ...issue, hint };
}

/** Never throws: what is no condition is an issue with its place. */
export function parseFilter(text: string): FilterResult {
  if (text.length > longestFilter) {
    const message = `it has more than ${longestFilter} characters`;
    return { ok: false, issue: { message, offset: longestFilter, length: 0 } };
  }
  const result = readTokens(text);
  return result.ok ? result : { ok: false, issue: withHint(result.issue, text, result.tokens) };
}

type ReadTokens =
  | Extract<FilterResult, { readonly ok: true }>
  | { readonly ok: false; readonly issue: FilterIssue; readonly tokens: readonly IToken[] };

function readTokens(text: string): ReadTokens {
  const { lexer, parser } = getEngine();
  const { tokens, errors } = lexer.tokenize(text);
  const refused = (issue: FilterIssue) => ({ ok: false, issue, tokens }) as const;
  const [unknown] = errors;
  if (unknown !== undefined) {
    const { offset } = unknown;
    return refused({ message: `a condition has no '${text.charAt(offset)}' here`, offset, length: 1 });
  }
  try {
    const filter = parser.read(tokens);
    const [error] = parser.errors;
    if (error !== undefined) return refused(placeOfIssue(text, error));
    return filter === undefined ? refused({ message: "it is empty", offset: 0, length: 0 }) : { ok: true, filter };
  } catch (error) {
    if (!(error instanceof FilterRefusal)) throw error;
    return refused(error.issue);
  }
}
