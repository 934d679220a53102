/**
 * The tokens of the two modes. A key is lexed in the mode "key"; the first `=` switches to the mode "value" for good.
 * Chevrotain takes the first pattern that matches, the language takes the longest: so the order in `modes` matters,
 * and where a shorter token comes first, LONGER_ALT names the rival.
 */
import { createToken, Lexer, type TokenType } from "chevrotain";
import { matchInterpolation, matchQuoted } from "./scan.ts";

const unsignedInt = "(?:0|[1-9](?:_?[0-9])*)";
const digits = "[0-9](?:_?[0-9])*";
const keyWord = "[A-Za-z_$][A-Za-z0-9_$-]*";
const dotted = `(?:${keyWord}|${unsignedInt})(?:\\.(?:${keyWord}|${unsignedInt}))+`;
const bracket = "\\[[A-Za-z0-9_$-]+\\]";

/** Tokens that may stand in a key of a dict and in an unquoted value. */
export const Bare = createToken({ name: "Bare", pattern: Lexer.NA });
/** Tokens that may stand in an unquoted value only. */
export const BareValue = createToken({ name: "BareValue", pattern: Lexer.NA });

/** A key's first part, and a package after `@`. */
export const KeyName = createToken({ name: "KeyName", pattern: Lexer.NA });
export const PackageName = createToken({ name: "PackageName", pattern: Lexer.NA });

export const Equal = createToken({ name: "Equal", pattern: /=[ \t]*/, push_mode: "value" });
export const Tilde = createToken({ name: "Tilde", pattern: /~/ });
export const Plus = createToken({ name: "Plus", pattern: /\+/ });
export const At = createToken({ name: "At", pattern: /@/ });
export const KeyColon = createToken({ name: "KeyColon", pattern: /:/ });
export const Slash = createToken({ name: "Slash", pattern: /\// });
export const Id = createToken({
  name: "Id",
  pattern: /[A-Za-z_][A-Za-z0-9_-]*/,
  categories: [Bare, BareValue, KeyName, PackageName],
});
/** A key word with a `$` in it; without one it is an Id. */
const KeySpecial = createToken({
  name: "KeySpecial",
  pattern: /(?:[A-Za-z_][A-Za-z0-9_-]*)?\$[A-Za-z0-9_$-]*/,
  categories: [KeyName, PackageName],
});
const DotPath = createToken({
  name: "DotPath",
  pattern: new RegExp(dotted),
  categories: [KeyName, PackageName],
});
/** `a[0]`, `a.b[0].c`: Hydra 1.4, without its escapes in keys. */
export const IndexedPath = createToken({
  name: "IndexedPath",
  pattern: new RegExp(`(?:${dotted}|${keyWord})${bracket}(?:${bracket}|\\.(?:${keyWord}|${unsignedInt}))*`),
  categories: [KeyName],
});

export const ParenOpen = createToken({ name: "ParenOpen", pattern: /[ \t]*\([ \t]*/ });
export const Comma = createToken({ name: "Comma", pattern: /[ \t]*,[ \t]*/ });
export const ParenClose = createToken({ name: "ParenClose", pattern: /[ \t]*\)/ });
export const BracketOpen = createToken({ name: "BracketOpen", pattern: /\[[ \t]*/ });
export const BracketClose = createToken({ name: "BracketClose", pattern: /[ \t]*\]/ });
export const BraceOpen = createToken({ name: "BraceOpen", pattern: /\{[ \t]*/ });
export const BraceClose = createToken({ name: "BraceClose", pattern: /[ \t]*\}/ });
export const Colon = createToken({ name: "Colon", pattern: /[ \t]*:[ \t]*/, categories: BareValue });
export const ValueEqual = createToken({ name: "ValueEqual", pattern: /[ \t]*=[ \t]*/ });

const literal = { longer_alt: Id, categories: [Bare, BareValue] };
const point = `(?:${unsignedInt}\\.(?:${digits})?|\\.${digits})`;
const exponent = `[eE][+-]?${digits}`;
export const Float = createToken({
  name: "Float",
  pattern: new RegExp(`[+-]?(?:${point}(?:${exponent})?|${unsignedInt}${exponent}|[iI][nN][fF]|[nN][aA][nN])`),
  ...literal,
});
export const Int = createToken({ name: "Int", pattern: new RegExp(`[+-]?${unsignedInt}`), ...literal });
export const Bool = createToken({
  name: "Bool",
  pattern: /[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]/,
  ...literal,
});
export const Null = createToken({ name: "Null", pattern: /[nN][uU][lL][lL]/, ...literal });
export const Escape = createToken({
  name: "Escape",
  pattern: /(?:\\[\\()[\]{}:=, \t])+/,
  categories: [Bare, BareValue],
});
const UnquotedChar = createToken({
  name: "UnquotedChar",
  pattern: /[/\-\\+.$%*@?|]/,
  categories: [Bare, BareValue],
});
export const Blank = createToken({ name: "Blank", pattern: /[ \t]+/, categories: [Bare, BareValue] });
export const Quoted = createToken({
  name: "Quoted",
  pattern: matchQuoted,
  start_chars_hint: ["'", '"'],
  line_breaks: false,
});
const Interpolation = createToken({
  name: "Interpolation",
  pattern: matchInterpolation,
  start_chars_hint: ["$"],
  line_breaks: false,
  categories: BareValue,
});
/** Put in by hand where no token matches; no rule takes it, so the parser stops there at the latest. */
export const Unlexable = createToken({ name: "Unlexable", pattern: Lexer.NA });

export const modes: Record<string, TokenType[]> = {
  key: [Equal, Tilde, Plus, At, KeyColon, Slash, IndexedPath, DotPath, KeySpecial, Id],
  value: [
    ParenOpen,
    Comma,
    ParenClose,
    BracketOpen,
    BracketClose,
    BraceOpen,
    BraceClose,
    Colon,
    ValueEqual,
    Float,
    Int,
    Bool,
    Null,
    Escape,
    Quoted,
    Interpolation,
    UnquotedChar,
    Id,
    Blank,
  ],
};

export const allTokens: TokenType[] = [
  ...new Set([Bare, BareValue, KeyName, PackageName, Unlexable, ...Object.values(modes).flat()]),
];
