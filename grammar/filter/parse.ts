/** Conditions on experiments to their tree. */
import { EOF, type IRecognitionException, Lexer } from "chevrotain";
import type { FilterIssue, FilterResult } from "./ast.ts";
import { deepestFilter, FilterParser, FilterTooDeep } from "./parser.ts";
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
  if (name === "MismatchedTokenException" && (rule === "factor" || rule === "list"))
    return "an operator or a closing bracket";
  return "a name or a value";
}

function issueOf(text: string, error: IRecognitionException): FilterIssue {
  const { token } = error;
  if (token.tokenType === EOF)
    return { message: `expected ${expectedAt(error)}, found the end`, offset: text.length, length: 0 };
  const place = { offset: token.startOffset, length: token.image.length };
  if (token.tokenType === OpenText)
    return { message: `the quote ${token.image.slice(0, 1)} is not closed`, offset: token.startOffset, length: 1 };
  return { message: `expected ${expectedAt(error)}, found '${token.image.slice(0, 40)}'`, ...place };
}

/** Never throws: what is no condition is an issue with its place. */
export function parseFilter(text: string): FilterResult {
  if (text.length > longestFilter) {
    const message = `it has more than ${longestFilter} characters`;
    return { ok: false, issue: { message, offset: longestFilter, length: 0 } };
  }
  const { lexer, parser } = getEngine();
  const { tokens, errors } = lexer.tokenize(text);
  const [unknown] = errors;
  if (unknown !== undefined) {
    const { offset } = unknown;
    const message = `a condition has no '${text.charAt(offset)}' here`;
    return { ok: false, issue: { message, offset, length: 1 } };
  }
  try {
    const filter = parser.read(tokens);
    const [error] = parser.errors;
    if (error !== undefined || filter === undefined)
      return {
        ok: false,
        issue: error === undefined ? { message: "it is empty", offset: 0, length: 0 } : issueOf(text, error),
      };
    return { ok: true, filter };
  } catch (error) {
    if (!(error instanceof FilterTooDeep)) throw error;
    const { startOffset: offset, image } = error.token;
    const message = `brackets and 'not' are nested more than ${deepestFilter} deep`;
    return { ok: false, issue: { message, offset, length: image.length } };
  }
}
