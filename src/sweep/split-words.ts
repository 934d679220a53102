/** `lr = 0.1` typed with blanks: the shell passes three words, and none of them alone shows the mistake. */

/** A hint for the override at an index of a command line, where blanks around its `=` explain what is wrong with it. */
export function blanksHint(args: readonly string[], index: number): string | undefined {
  const words = splitOverrideAround(args, index);
  return words === undefined ? undefined : `Remove the blanks around '=': ${words.join("")}`;
}

const isBare = (word: string | undefined): word is string => word !== undefined && word !== "" && !word.includes("=");

/** The two or three words that were one override: `lr = 0.1`, `lr =0.1` or `lr= 0.1`. */
function splitOverrideAround(args: readonly string[], index: number): readonly string[] | undefined {
  for (const start of [index, index - 1, index - 2]) {
    const [key, equal, value] = args.slice(Math.max(start, 0), Math.max(start + 3, 0));
    const isWhole = start >= 0 && isBare(key) && equal === "=" && isBare(value);
    if (isWhole) return [key, equal, value];
  }
  for (const start of [index, index - 1]) {
    const [first = "", second = ""] = args.slice(Math.max(start, 0), Math.max(start + 2, 0));
    if (start < 0) continue;
    if (isBare(first) && second.startsWith("=") && second.length > 1) return [first, second];
    if (start === index - 1 && /^[^=]+=$/.test(first) && isBare(second)) return [first, second];
  }
  return undefined;
}
