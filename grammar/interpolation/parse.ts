/** Text with `${...}` to its parts. */
import { type IRecognitionException, Lexer } from "chevrotain";
import type { Template, TemplateIssue, TemplateResult } from "./ast.ts";
import { mayHoldReference } from "./may-hold.ts";
import { TemplateParser } from "./parser.ts";
import { modes } from "./tokens.ts";

interface Engine {
  readonly lexer: Lexer;
  readonly parser: TemplateParser;
}

let engine: Engine | undefined;

/** Made at the first text with a reference: most texts have none. */
function getEngine(): Engine {
  engine ??= {
    lexer: new Lexer(modes, { positionTracking: "onlyOffset", ensureOptimizations: false }),
    parser: new TemplateParser(),
  };
  return engine;
}

/** A reference ends with a brace, so that there is always a token where another one was expected. */
function issueOf(text: string, { token }: IRecognitionException): TemplateIssue {
  const { startOffset: offset, image } = token;
  const open = text.lastIndexOf("${", offset);
  const isEmpty = image === "}" && open === offset - 2;
  return {
    code: isEmpty ? "REFERENCE_EMPTY" : "REFERENCE_INVALID",
    message: isEmpty ? "expected a name between the braces" : `expected a name, found '${image}'`,
    offset,
    length: image.length,
  };
}

function plain(text: string): Template {
  return { kind: "template", parts: text === "" ? [] : [{ kind: "text", text }] };
}

/** Parses a text; `${` that no `}` on the same line closes, and `\${`, are plain text. */
export function parseTemplate(text: string): TemplateResult {
  if (!mayHoldReference(text)) return { ok: true, template: plain(text) };
  const { lexer, parser } = getEngine();
  const template = parser.read(lexer.tokenize(text).tokens);
  const error = parser.errors[0];
  if (error !== undefined) return { ok: false, issue: issueOf(text, error) };
  return { ok: true, template: template ?? plain(text) };
}
