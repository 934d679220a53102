import type { IToken } from "chevrotain";
import type { ParseOutcome } from "./ast.ts";
import { lengthIssue, maxLength, NestedTooDeeply, nestingIssue, syntaxIssue, unlexableIssue } from "./errors.ts";
import { tokenize } from "./lexer.ts";
import { OverrideParser } from "./parser.ts";
import { Unlexable } from "./tokens.ts";

let instance: OverrideParser | undefined;

/** The parser, made on first use. */
export function overrideParser(): OverrideParser {
  instance ??= new OverrideParser();
  return instance;
}

/**
 * Reads one override of Hydra's language: `train.lr=0.1`, `+db=choice(a,b)`, `~key`.
 * Never throws: an issue is part of the result. Takes time in proportion to the text.
 */
export function parseOverride(text: string): ParseOutcome {
  if (text.length > maxLength) return { ok: false, text, issue: lengthIssue() };
  const tokens = tokenize(text);
  try {
    const tree = overrideParser().read(tokens);
    return outcome(text, tokens, tree);
  } catch (error) {
    if (error instanceof NestedTooDeeply) return { ok: false, text, issue: nestingIssue(error.opening) };
    throw error;
  }
}

function outcome(text: string, tokens: readonly IToken[], tree: ReturnType<OverrideParser["read"]>): ParseOutcome {
  const error = overrideParser().errors[0];
  if (error !== undefined) return { ok: false, text, issue: syntaxIssue({ text, tokens, error }) };
  if (tree !== undefined) return { ok: true, text, tree };
  const last = tokens.findLast((token) => token.tokenType === Unlexable);
  return { ok: false, text, issue: unlexableIssue(text, last?.startOffset ?? text.length) };
}
