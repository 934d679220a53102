/**
 * The tokens of the two modes: "text", and "reference" between `${` and `}`. As in DVC, a `${` without a `}` on its line is
 * plain text, and a reference ends at the first `}`.
 */
import { createToken } from "chevrotain";

export const Escaped = createToken({ name: "Escaped", pattern: /\\\$\{/ });
export const Open = createToken({ name: "Open", pattern: /\$\{(?=[^}\r\n]*\})/, push_mode: "reference" });
/** All of the line: what no `}` closes here none closes further on, so the line is looked through once. */
export const Unclosed = createToken({ name: "Unclosed", pattern: /\$\{[^}\r\n]*/ });
export const Text = createToken({ name: "Text", pattern: /[^$\\]+|[$\\]/, line_breaks: true });

export const Close = createToken({ name: "Close", pattern: /\}/, pop_mode: true });
export const Dot = createToken({ name: "Dot", pattern: /\./ });
export const BracketOpen = createToken({ name: "BracketOpen", pattern: /\[/ });
export const BracketClose = createToken({ name: "BracketClose", pattern: /\]/ });
/** Any characters but those of the path: keys may hold spaces, dashes, colons. */
export const Word = createToken({ name: "Word", pattern: /[^.[\]}\r\n]+/ });

export const modes = {
  modes: { text: [Escaped, Open, Unclosed, Text], reference: [Close, Dot, BracketOpen, BracketClose, Word] },
  defaultMode: "text",
};

export const allTokens = [Escaped, Open, Unclosed, Text, Close, Dot, BracketOpen, BracketClose, Word];
