/**
 * The tokens and their modes: "text" at the top, "path" behind `${`, "value" behind the `:` of a call, and one mode for
 * each kind of quotes. Numbers, words and escapes are those of overrides.
 */
import { createToken, type TokenType } from "chevrotain";
import {
  Bare,
  BareValue,
  Bool,
  BracketClose,
  BracketOpen,
  Colon,
  Comma,
  Escape,
  Float,
  Int,
  Null,
  modes as overrideModes,
} from "../override/tokens.ts";

export { Bare, BareValue, Bool, BracketClose, BracketOpen, Colon, Comma, Escape, Float, Int, Null };

/** Backslashes before `${`: each pair is one backslash; an odd one at the end takes the meaning from `${`. */
export const EscapedOpen = createToken({ name: "EscapedOpen", pattern: /(?:\\\\)*\\\$\{/ });
export const PairsBeforeOpen = createToken({ name: "PairsBeforeOpen", pattern: /(?:\\\\)+(?=\$\{)/ });
export const Open = createToken({ name: "Open", pattern: /\$\{[ \t]*/, push_mode: "path" });
export const Text = createToken({ name: "Text", pattern: /[^\\$]+|\\+|\$/, line_breaks: true });

export const PathClose = createToken({ name: "PathClose", pattern: /[ \t]*\}/, pop_mode: true });
export const ArgumentsBegin = createToken({
  name: "ArgumentsBegin",
  pattern: /[ \t]*:[ \t]*/,
  pop_mode: true,
  push_mode: "value",
});
export const Dot = createToken({ name: "Dot", pattern: /\./ });
export const Name = createToken({ name: "Name", pattern: /[^\\{}()[\]:. \t'"]+/ });

export const BraceOpen = createToken({ name: "BraceOpenInValue", pattern: /\{[ \t]*/, push_mode: "value" });
export const BraceClose = createToken({ name: "BraceCloseInValue", pattern: /[ \t]*\}/, pop_mode: true });
export const SingleQuote = createToken({ name: "SingleQuote", pattern: /'/, push_mode: "single" });
export const DoubleQuote = createToken({ name: "DoubleQuote", pattern: /"/, push_mode: "double" });

/** Backslashes before the quote that would end the text: a pair is one, an odd one makes the quote part of the text. */
export const EscapedSingle = createToken({ name: "EscapedSingle", pattern: /(?:\\\\)*\\'/ });
export const EscapedDouble = createToken({ name: "EscapedDouble", pattern: /(?:\\\\)*\\"/ });
export const PairsBeforeSingle = createToken({ name: "PairsBeforeSingle", pattern: /(?:\\\\)+(?='|\$\{)/ });
export const PairsBeforeDouble = createToken({ name: "PairsBeforeDouble", pattern: /(?:\\\\)+(?="|\$\{)/ });
export const SingleText = createToken({ name: "SingleText", pattern: /[^\\$']+|\\+|\$/, line_breaks: true });
export const DoubleText = createToken({ name: "DoubleText", pattern: /[^\\$"]+|\\+|\$/, line_breaks: true });
export const QuoteClose = createToken({ name: "QuoteClose", pattern: /['"]/, pop_mode: true });

/** The tokens of an override's value that mean the same here. */
const sharedNames = new Set(["Comma", "BracketOpen", "BracketClose", "Colon", "Float", "Int", "Bool", "Null"]);
const shared = (overrideModes.value ?? []).filter((token) => sharedNames.has(token.name));
const words = (overrideModes.value ?? []).filter((token) =>
  ["Escape", "UnquotedChar", "Id", "Blank"].includes(token.name),
);

export const modes: Record<string, TokenType[]> = {
  text: [EscapedOpen, PairsBeforeOpen, Open, Text],
  path: [PathClose, ArgumentsBegin, Open, Dot, BracketOpen, BracketClose, Name],
  value: [Open, BraceOpen, BraceClose, SingleQuote, DoubleQuote, ...shared, ...words],
  single: [EscapedOpen, EscapedSingle, PairsBeforeSingle, Open, SingleText, QuoteClose],
  double: [EscapedOpen, EscapedDouble, PairsBeforeDouble, Open, DoubleText, QuoteClose],
};

export const allTokens: TokenType[] = [...new Set([Bare, BareValue, ...Object.values(modes).flat()])];
