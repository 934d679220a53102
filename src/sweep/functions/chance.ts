/** The order of shuffle(): by chance, and yet the same for the same override, wherever and however often it is read. */
import { createHash } from "node:crypto";

/** What the value of an override depends on beside its text. */
export interface EvaluationContext {
  /** The options of the config group that an override names, for glob(). */
  readonly globOptions?: readonly string[];
  /** For shuffle(); where it is not given, the override's text decides: the same text gives the same order. */
  readonly random?: () => number;
}

/** Numbers from 0 up to 1 (mulberry32), the same for the same text. */
export function randomOf(text: string): () => number {
  let state = createHash("sha256").update(text).digest().readInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where no other chance is given, that of an override's text. */
export function withChance<C extends EvaluationContext>(context: C, text: string): C {
  return context.random === undefined ? { ...context, random: randomOf(text) } : context;
}
