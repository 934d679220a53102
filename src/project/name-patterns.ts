/** Regular expressions of the user's over names of anybody's: a search that does not end is ended. */
import { runInNewContext } from "node:vm";
import { SweeplineError } from "../base/errors.ts";

/** Of all patterns and names together: usual ones take a thousandth of it. */
const mostMs = 1000;

const search = "names.filter((name) => patterns.some(([source, flags]) => new RegExp(source, flags).test(name)))";

/** The names that one of the patterns matches. Throws BAD_OPTIONS where that takes longer than a second. */
export function namesMatching(patterns: readonly RegExp[], names: readonly string[]): ReadonlySet<string> {
  if (patterns.length === 0 || names.length === 0) return new Set();
  const given = { names, patterns: patterns.map(({ source, flags }) => [source, flags]) };
  try {
    return new Set(runInNewContext(search, given, { timeout: mostMs }) as readonly string[]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    const shown = patterns.map(({ source }) => `'${source}'`).join(", ");
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: `matching names takes too long: ${shown}`,
      hint: "A repetition within a repetition, such as (a+)+, tries each way to part a name.",
    });
  }
}
