/** `lr = 0.1` typed with blanks: the shell passes three words, and none of them alone shows the mistake. */

/** A hint for the override at an index of a command line, where blanks around its `=` explain what is wrong with it. */
export function blanksHint(args: readonly string[], index: number): string | undefined {
  const [before, word, after, last] = [args[index - 1], args[index] ?? "", args[index + 1], args[index + 2]];
  if (!word.includes("=") && !word.startsWith("~") && after === "=" && last !== undefined)
    return joined(word, after, last);
  if (!word.includes("=") && after?.startsWith("=")) return joined(word, after);
  if (word === "=" && before !== undefined && after !== undefined && !before.includes("="))
    return joined(before, word, after);
  if (word.startsWith("=") && before !== undefined && !before.includes("=")) return joined(before, word);
  if (!word.includes("=") && before?.endsWith("=") && before !== "=") return joined(before, word);
  return undefined;
}

function joined(...words: readonly string[]): string {
  return `Remove the blanks around '=': ${words.join("")}`;
}
