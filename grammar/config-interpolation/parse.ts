/** Text with OmegaConf's `${...}` to its tree. */
import { type IRecognitionException, type IToken, Lexer } from "chevrotain";
import type { ElementNode, InterpolationIssue, InterpolationResult, TextNode } from "./ast.ts";
import { ConfigInterpolationParser, NotAName } from "./parser.ts";
import { modes } from "./tokens.ts";

interface Engine {
  readonly text: Lexer;
  readonly value: Lexer;
  readonly parser: ConfigInterpolationParser;
}

let engine: Engine | undefined;

/** Made at the first interpolation: many configs have none. */
function getEngine(): Engine {
  const options = { positionTracking: "onlyOffset", ensureOptimizations: false, skipValidations: true } as const;
  engine ??= {
    text: new Lexer({ modes, defaultMode: "text" }, options),
    value: new Lexer({ modes, defaultMode: "value" }, options),
    parser: new ConfigInterpolationParser(),
  };
  return engine;
}

/** Brackets and interpolations inside each other. */
const maxDepth = 100;

/** Whether a text is an interpolation at all: any other stays as it is, backslashes and all. */
export function hasInterpolation(text: string): boolean {
  return text.includes("${");
}

/** Parses a config value that holds `${`. Never throws: an issue is part of the result. */
export function parseInterpolation(text: string): InterpolationResult<TextNode> {
  const { text: lexer, parser } = getEngine();
  return parseWith(text, lexer, (tokens) => parser.readText(tokens));
}

/** Parses one element: `[1,2]`, `{a: 1}`, `1e3`, `${a}`; what oc.decode takes. */
export function parseElement(text: string): InterpolationResult<ElementNode> {
  const { value: lexer, parser } = getEngine();
  return parseWith(text, lexer, (tokens) => parser.readElement(tokens));
}

function parseWith<Tree>(
  text: string,
  lexer: Lexer,
  read: (tokens: IToken[]) => Tree | undefined,
): InterpolationResult<Tree> {
  if (isTooDeep(text)) {
    const message = `nested more than ${maxDepth} deep`;
    return { ok: false, issue: { code: "INTERPOLATION_TOO_DEEP", message, offset: 0, length: 1 } };
  }
  const { tokens, errors } = lexer.tokenize(text);
  const [bad] = errors;
  if (bad !== undefined) return refused(`'${text.charAt(bad.offset)}' cannot stand here`, bad.offset, 1);
  try {
    const tree = read(tokens);
    const [error] = getEngine().parser.errors;
    if (error !== undefined) return { ok: false, issue: issueOf(text, error) };
    if (tree !== undefined) return { ok: true, tree };
  } catch (error) {
    if (!(error instanceof NotAName)) throw error;
    return refused("the name of a resolver is made of letters, digits, '_', '-' and dots", error.token.startOffset, 1);
  }
  return refused("it cannot be read", 0, text.length);
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x7b || character === 0x5b) depth++;
    else if (character === 0x7d || character === 0x5d) depth = Math.max(0, depth - 1);
    if (depth > maxDepth) return true;
  }
  return false;
}

function refused(
  message: string,
  offset: number,
  length: number,
): { readonly ok: false; readonly issue: InterpolationIssue } {
  return { ok: false, issue: { code: "INTERPOLATION_INVALID", message, offset, length } };
}

function issueOf(text: string, error: IRecognitionException): InterpolationIssue {
  const { token } = error;
  const isEnd = Number.isNaN(token.startOffset) || token.image === "";
  const offset = isEnd ? text.length : token.startOffset;
  const message = isEnd ? "'}' or a quote is missing at the end" : `'${token.image}' cannot stand here`;
  return { code: "INTERPOLATION_INVALID", message, offset, length: Math.max(1, token.image.length) };
}
