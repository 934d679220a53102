import { createTokenInstance, type IToken, Lexer } from "chevrotain";
import { modes, Unlexable } from "./tokens.ts";

let instance: Lexer | undefined;

/** Made on first use: start-up of commands that read no override costs nothing. */
function lexer(): Lexer {
  instance ??= new Lexer(
    { modes, defaultMode: "key" },
    { positionTracking: "onlyOffset", ensureOptimizations: true, recoveryEnabled: false, skipValidations: true },
  );
  return instance;
}

/** The tokens of an override. Where no token matches, the last one is an Unlexable of one character. */
export function tokenize(text: string): IToken[] {
  const { tokens, errors } = lexer().tokenize(text);
  const error = errors[0];
  if (error !== undefined) {
    const none = Number.NaN;
    const at = error.offset;
    tokens.push(createTokenInstance(Unlexable, text.charAt(at), at, at, none, none, none, none));
  }
  return tokens;
}
