/**
 * What went wrong, as data. One pattern: "Expected X, found Y", with a hint that says what to write instead.
 * The place is the first character or token that no valid override has there, as Hydra reports it.
 */
import { EOF, type IParserErrorMessageProvider, type IRecognitionException, type IToken } from "chevrotain";
import type { OverrideIssue, OverrideIssueCode } from "./ast.ts";
import * as t from "./tokens.ts";

/** Brackets inside brackets. Each level costs a few stack frames, here and in evaluation. */
export const maxNesting = 128;

/** Longer than any argument that a system passes on; beyond it, regular expressions run out of stack. */
export const maxLength = 1_000_000;

/** Thrown inside the parser only, and caught where it is called: it must not be taken for a syntax error. */
export class NestedTooDeeply extends Error {
  readonly opening: IToken;

  constructor(opening: IToken) {
    super("nested too deeply");
    this.opening = opening;
  }
}

/** Chevrotain's own messages are never shown: the issue is made from the error's token and rule. */
export const expectation: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: () => "mismatch",
  buildNotAllInputParsedMessage: () => "rest",
  buildNoViableAltMessage: () => "no alternative",
  buildEarlyExitMessage: () => "early exit",
};

export interface Failure {
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly error: IRecognitionException;
}

/** The issue that a parser's error stands for. */
export function syntaxIssue(failure: Failure): OverrideIssue {
  const { text, tokens, error } = failure;
  const found = error.token;
  const index = found.tokenType === EOF ? tokens.length : tokens.indexOf(found);
  const { opening, isFirstElement } = surroundings(tokens, index);
  // Hydra reads on before it complains: to the end where it has not decided yet what stands there (in the brackets of a
  // first element, after a prefix or an @), else one token further. A character that it cannot read there is what it reports.
  const last = tokens.at(-1);
  const readsOn = (opening !== undefined && isFirstElement) || isUndecidedKey(tokens, index);
  if (last?.tokenType === t.Unlexable && (tokens.length <= index + 2 || readsOn))
    return unlexableIssue(text, last.startOffset);
  const rule = error.message === "rest" ? "rest" : (error.context.ruleStack.at(-1) ?? "");
  const situation: Situation = { text, rule, found, previous: tokens[index - 1], opening };
  const atEnd = found.tokenType === EOF;
  const unclosed = unclosedInterpolation(situation);
  if (unclosed !== undefined) return unclosed;
  return {
    code: codeOf(situation),
    message: `Expected ${expected(situation)}, found ${describe(found)}.`,
    offset: atEnd ? text.length : found.startOffset,
    length: atEnd ? 0 : found.image.length,
    hint: hintFor(situation),
    phase: "parser",
  };
}

/** Hydra reports the brace, as no interpolation begins there; its `}` is what is missing. */
function unclosedInterpolation({ text, found, previous }: Situation): OverrideIssue | undefined {
  if (found.tokenType !== t.BraceOpen || previous?.image !== "$") return undefined;
  const rest = text.slice(found.startOffset);
  if (rest.includes("}")) return undefined;
  return {
    code: "INTERPOLATION_NOT_CLOSED",
    message: `'}' is missing: the interpolation '$${shorten(rest)}' is not closed.`,
    offset: found.startOffset,
    length: rest.length,
    hint: `Close '$${shorten(rest)}' with '}' after its name. For the text itself, quote it.`,
    phase: "parser",
  };
}

export function nestingIssue(opening: IToken): OverrideIssue {
  return {
    code: "NESTED_TOO_DEEPLY",
    message: `Brackets are nested more than ${maxNesting} deep.`,
    offset: opening.startOffset,
    length: opening.image.length,
    hint: "Write the value into a parameter file instead.",
    phase: "parser",
  };
}

export function lengthIssue(): OverrideIssue {
  return {
    code: "OVERRIDE_TOO_LONG",
    message: `An override is longer than ${maxLength} characters.`,
    offset: maxLength,
    length: 1,
    hint: "Write the value into a parameter file instead.",
    phase: "lexer",
  };
}

interface Situation {
  readonly text: string;
  readonly rule: string;
  readonly found: IToken;
  readonly previous: IToken | undefined;
  readonly opening: IToken | undefined;
}

const openings = new Set([t.BracketOpen, t.BraceOpen, t.ParenOpen]);
const closings = new Set([t.BracketClose, t.BraceClose, t.ParenClose]);
const closingOf: Record<string, string> = { "[": "]", "{": "}", "(": ")" };

/** The last bracket before a token that is still open there, and whether no comma of a simple sweep came before. */
function surroundings(tokens: readonly IToken[], before: number) {
  const open: IToken[] = [];
  let isFirstElement = true;
  for (let index = 0; index < before; index++) {
    const token = tokens[index];
    if (token === undefined) continue;
    if (openings.has(token.tokenType)) open.push(token);
    else if (closings.has(token.tokenType)) open.pop();
    else if (token.tokenType === t.Comma && open.length === 0) isFirstElement = false;
  }
  return { opening: open.at(-1), isFirstElement };
}

/** Right after `~`, `++` or `@`, where a name may stand or not. */
function isUndecidedKey(tokens: readonly IToken[], index: number): boolean {
  const previous = tokens[index - 1]?.tokenType;
  if (previous === t.At) return tokens[index]?.tokenType !== t.At;
  return previous === t.Tilde || (previous === t.Plus && tokens[index - 2]?.tokenType === t.Plus);
}

function describe(token: IToken): string {
  if (token.tokenType === EOF) return "the end";
  if (token.tokenType === t.Blank) return "a blank";
  if (token.tokenType === t.Quoted) return `the quoted text ${shorten(token.image)}`;
  return `'${shorten(token.image.trim())}'`;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

const isPrefix = (text: string): boolean => /^\+{1,2}$/.test(text);

function expected({ text, rule, previous, opening }: Situation): string {
  const isFirst = previous !== undefined && previous === opening;
  switch (rule) {
    case "override":
      return isPrefix(text) ? `a key after '${text}'` : "'=' after the key";
    case "key":
      return "a plain name after '/'";
    case "element":
      return previous?.tokenType === t.Comma ? "a value after ','" : "a value";
    case "list":
      return isFirst ? "a value or ']'" : "',' or ']'";
    case "dict":
      return isFirst ? "a key or '}'" : "',' or '}'";
    case "dictKey":
      return "a key after ','";
    case "entry":
      return "':' after the key of a dict";
    case "call":
      return isFirst ? "an argument or ')'" : "',' or ')'";
    default:
      return previous?.tokenType === t.Equal ? "a value" : "',' or the end";
  }
}

function codeOf({ rule, found, opening }: Situation): OverrideIssueCode {
  if (rule === "override") return "EQUAL_MISSING";
  if (rule === "key") return "GROUP_NAME_EXPECTED";
  if (found.tokenType === EOF) return opening === undefined ? "VALUE_EXPECTED" : "BRACKET_NOT_CLOSED";
  if (found.tokenType === t.ValueEqual || found.tokenType === t.Equal) return "UNEXPECTED_EQUAL";
  if (found.tokenType === t.Comma) return "VALUE_EXPECTED";
  if (closings.has(found.tokenType)) return "UNEXPECTED_CLOSING";
  if (found.tokenType === t.Quoted) return "UNEXPECTED_QUOTE";
  return "UNEXPECTED_TOKEN";
}

function hintFor(situation: Situation): string | undefined {
  const { rule, found, opening } = situation;
  if (rule === "override") return equalHint(situation);
  if (rule === "key") return "A group is made of plain names: db/mysql=fast. A dotted key has no '/'.";
  if (found.tokenType === EOF && opening !== undefined) {
    const mark = opening.image.trim();
    return `Close the '${mark}' at column ${bracketColumn(opening)} with '${closingOf[mark]}'.`;
  }
  if (found.tokenType === EOF && situation.previous?.tokenType === t.Comma)
    return `Write a value after the ',', or ${quotedWhole(situation.text)}.`;
  return hints.get(found.tokenType)?.(situation) ?? afterWhole(situation);
}

/** How to quote the value that was typed, with the quotes that a shell takes away. */
function quotedWhole(text: string): string {
  const value = valueText(text);
  if (/['"\\()[\]{}\n]/.test(value) || value.length > 60) return "quote the text";
  return `quote it: '${keyText(text)}="${value}"'`;
}

/** Columns in words count from 1, as editors do. */
function bracketColumn(opening: IToken): number {
  return opening.startOffset + opening.image.search(/\S/) + 1;
}

function equalHint({ text, found }: Situation): string {
  if (found.tokenType === EOF && (text === "" || isPrefix(text))) return `Write ${text}KEY=VALUE.`;
  if (found.tokenType === EOF && text.endsWith("@")) return `Write ${text}PACKAGE=VALUE.`;
  if (found.tokenType === EOF) return `Write ${text}=VALUE; to delete a key, write ~KEY.`;
  if (found.tokenType === t.KeyColon) return "A ':' may only follow the name of a parameter file: params.json:lr=0.1.";
  if (found.tokenType === t.Tilde || found.tokenType === t.Plus)
    return `Put '${found.image}' before the key: ${found.image}KEY=VALUE.`;
  return "Write KEY=VALUE, with a key such as lr, train.lr or layers[0].units.";
}

const valueText = (text: string): string => text.slice(text.indexOf("=") + 1).trim();
const keyText = (text: string): string => text.slice(0, text.indexOf("="));

/** `key='value'`, where that is one whole value; else how to do it. */
function quotingHint(text: string): string {
  const value = valueText(text);
  if (value.includes("'") && value.includes('"')) return "Put the text around it in quotes.";
  const quote = value.includes("'") ? '"' : "'";
  if (/[\\()[\]{},\n]/.test(value) || value.length > 60)
    return `Put the text around it in quotes: ${quote}...${quote}.`;
  return `Quote the value: ${keyText(text)}=${quote}${value}${quote} (and once more for your shell).`;
}

const escapeHint = (mark: string) => `For the character itself, write \\${mark} or quote the text.`;

const hints = new Map<IToken["tokenType"], (situation: Situation) => string | undefined>([
  [t.ValueEqual, ({ text, opening }) => equalInValueHint(text, opening)],
  [t.Comma, () => "Remove a comma; the empty text is written ''."],
  [t.ParenOpen, () => `A call is a name and its arguments: choice(1,2). ${escapeHint("(")}`],
  [t.BracketOpen, () => `A list is a whole value. ${escapeHint("[")}`],
  [t.BraceOpen, braceHint],
  [t.BracketClose, closingHint],
  [t.BraceClose, closingHint],
  [t.ParenClose, closingHint],
  [t.Quoted, quotedHint],
]);

/** Inside brackets only the text around it may be quoted, not the whole value; the same with a comma of a sweep. */
function equalInValueHint(text: string, opening: IToken | undefined): string {
  const isOneText = opening === undefined && !text.includes(",");
  return `Write \\= for the character, or ${isOneText ? quotedWhole(text) : "quote the text around it"}.`;
}

function braceHint({ previous }: Situation): string {
  return previous?.image === "$"
    ? "An interpolation holds a name and is closed with '}'. For the text itself, quote it."
    : `A dict is a whole value. ${escapeHint("{")}`;
}

function closingHint({ found, opening, previous, text }: Situation): string {
  const mark = found.image.trim();
  if (previous?.tokenType === t.Comma) return "Remove the comma before it; the empty text is written ''.";
  if (mark === "}" && text.slice(0, found.startOffset).includes("${"))
    return "An interpolation ends at its first '}'. Quote the value to nest one in another.";
  if (opening === undefined) return `Nothing is open here. ${escapeHint(mark)}`;
  const open = opening.image.trim();
  return `The '${open}' at column ${bracketColumn(opening)} is closed with '${closingOf[open]}'.`;
}

function quotedHint({ rule }: Situation): string {
  return rule === "dict" || rule === "dictKey"
    ? "Keys of a dict are not quoted: {name: 1}; a special character takes a backslash."
    : "A quoted text must be a whole value: quote all of it or nothing.";
}

function afterWhole({ found, previous }: Situation): string | undefined {
  if (previous === undefined) return undefined;
  const isWhole = closings.has(previous.tokenType) || previous.tokenType === t.Quoted;
  if (!isWhole) return undefined;
  return found.tokenType === t.Blank
    ? "Remove the blank."
    : "A list, a dict, a call or a quoted text is a whole value.";
}

/** The issue of a character that starts no token. */
export function unlexableIssue(text: string, offset: number): OverrideIssue {
  const isKey = text.lastIndexOf("=", offset - 1) < 0 || offset === 0;
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const base = { offset, length: character.length, phase: "lexer" } as const;
  return isKey
    ? { ...base, ...keyCharacter(text, offset, character) }
    : { ...base, ...valueCharacter(text, character) };
}

type Words = Pick<OverrideIssue, "code" | "message" | "hint">;

function keyCharacter(text: string, offset: number, character: string): Words {
  if (/\s/.test(character)) {
    const isBeforeEqual = text.slice(offset).trimStart().startsWith("=");
    const repaired = `${text.slice(0, offset).trim()}=${valueText(text)}`;
    const hint = isBeforeEqual ? `Remove the blanks around '=': ${shorten(repaired)}` : "Remove the blank.";
    return { code: "BLANK_IN_KEY", message: "Expected a key without blanks, found a blank.", hint };
  }
  if (character === ".") return keyDot(text, offset);
  const hint = /[0-9]/.test(character)
    ? "A key, and each part of it, starts with a letter, '_' or '$', or is a number without leading zeros: layers.0.units."
    : "A key is made of letters, digits, '_', '-', '$' and dots: train.lr=0.1.";
  return { code: "KEY_CHARACTER", message: `Expected a key, found ${visible(character)}.`, hint };
}

/** A dot that starts no further part of a key: it stands first, or no name follows. */
function keyDot(text: string, offset: number): Words {
  const code = "KEY_CHARACTER";
  const hint = "Write the parts of a key with one dot between them: train.lr=0.1.";
  if (offset === 0) return { code, message: "A name is expected before '.'.", hint };
  const next = text.codePointAt(offset + 1);
  const found = next === undefined ? "the end" : visible(String.fromCodePoint(next));
  return { code, message: `A name is expected after '.', found ${found}.`, hint };
}

function valueCharacter(text: string, character: string): Words {
  if (character === "'" || character === '"') {
    const hint = `Close it with ${character}: a quote must stand around the whole value.`;
    return { code: "QUOTE_NOT_CLOSED", message: `Expected a closing ${character}, found the end.`, hint };
  }
  const message = `Expected quotes around ${visible(character)}, which an unquoted value cannot hold.`;
  return { code: "NEEDS_QUOTES", message, hint: quotingHint(text) };
}

function visible(character: string): string {
  if (character === "\n") return "a line break";
  const code = character.codePointAt(0) ?? 0;
  const isPrintable = code > 32 && !/[\p{C}\p{Z}]/u.test(character);
  return isPrintable ? `'${character}'` : `the character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
