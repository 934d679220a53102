/** The tokens of conditions. No pattern looks further than a bounded way ahead: the time is that of the text's length. */
import { createToken, Lexer, type TokenType } from "chevrotain";

const Space = createToken({ name: "Space", pattern: /[ \t\r\n]+/, group: Lexer.SKIPPED, line_breaks: true });
export const Text = createToken({
  name: "Text",
  pattern: /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/,
  line_breaks: true,
});
/** A text that nothing closes: all that is left. */
export const OpenText = createToken({ name: "OpenText", pattern: /["'`][\s\S]*/, line_breaks: true });
/** Any name at all: `` `learning-rate` ``. */
export const Quoted = createToken({ name: "Quoted", pattern: /`[^`]+`/, line_breaks: true });
/** `90s`, `30m`, `12h`, `7d`, `2w`. */
export const Duration = createToken({ name: "Duration", pattern: /\d{1,9}(?:\.\d{1,9})?[smhdw](?![\w.])/ });
export const NumberText = createToken({
  name: "Number",
  pattern: /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/,
});
/** With the file in front: `metrics/eval.json:accuracy`. A file's name has 255 characters at most. */
export const FileName = createToken({
  name: "FileName",
  pattern: /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff./-]{0,254}:[\w\u0080-\uffff.]+/,
});
/** `train.lr`, `layers.0`, `eval/loss` needs backquotes. */
export const Name = createToken({
  name: "Name",
  pattern: /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*(?:\.[\w\u0080-\uffff]+)*/,
});

const word = (name: string, pattern: RegExp) => createToken({ name, pattern, longer_alt: [FileName, Name] });
export const And = word("And", /and|&&/);
export const Or = word("Or", /or|\|\|/);
export const Not = word("Not", /not/);
export const In = word("In", /in/);
export const True = word("True", /[tT]rue/);
export const False = word("False", /[fF]alse/);
export const Null = word("Null", /null|None/);

export const Match = createToken({ name: "Match", pattern: /=~/ });
export const NoMatch = createToken({ name: "NoMatch", pattern: /!~/ });
export const Order = createToken({ name: "Order", pattern: /==?|!=|<>|<=|>=|<|>/ });
export const Exclamation = createToken({ name: "Exclamation", pattern: /!/ });
export const Plus = createToken({ name: "Plus", pattern: /\+/ });
export const Minus = createToken({ name: "Minus", pattern: /-/ });
export const Times = createToken({ name: "Times", pattern: /[*/%]/ });
export const ParenOpen = createToken({ name: "ParenOpen", pattern: /\(/ });
export const ParenClose = createToken({ name: "ParenClose", pattern: /\)/ });
export const BracketOpen = createToken({ name: "BracketOpen", pattern: /\[/ });
export const BracketClose = createToken({ name: "BracketClose", pattern: /\]/ });
export const Comma = createToken({ name: "Comma", pattern: /,/ });

export const filterTokens: TokenType[] = [
  Space,
  Text,
  Quoted,
  OpenText,
  Duration,
  NumberText,
  And,
  Or,
  Not,
  In,
  True,
  False,
  Null,
  FileName,
  Name,
  Match,
  NoMatch,
  Order,
  Exclamation,
  Plus,
  Minus,
  Times,
  ParenOpen,
  ParenClose,
  BracketOpen,
  BracketClose,
  Comma,
];
