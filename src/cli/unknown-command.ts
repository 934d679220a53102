/** Wrong usage as commander words it, in the words of all other failures; and where a command that is not here may be found. */
import { wordList } from "../base/text/listing.ts";
import { catalog } from "./catalog.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import { resolveEntries } from "./resolve.ts";

/** `error: ...` and `(Did you mean ...?)` as ERROR and HINT. */
export function usageErrorText(text: string): string {
  return text.replace(/^error: /, "ERROR: ").replace(/\n\(Did you mean (.*)\?\)\n/, "\nHINT: Did you mean $1?\n");
}

/** Commands of DVC that have no counterpart here (DVC 3.67.1, cli/parser.py). */
const ofDvc: ReadonlySet<string> = new Set(
  "artifacts cache check-ignore data destroy diff du gc get get-url import import-url install list list-url ls ls-url move mv root unprotect update".split(
    " ",
  ),
);

function groupsWith(word: string): readonly CatalogEntry[] {
  return catalog.filter((entry) => entry.commands?.some(({ name, hidden }) => name === word && hidden !== true));
}

/** For an unknown command at the top: the groups that have one of that name, or DVC's command. */
export function elsewhereHint(argv: readonly string[]): string | undefined {
  if (resolveEntries(argv).length > 0) return undefined;
  const word = argv.find((each) => !each.startsWith("-")) ?? "";
  const found = groupsWith(word).map(({ name }) => `\`sweepline ${name} ${word}\``);
  if (found.length > 0) return `There is ${wordList(found)}.`;
  return ofDvc.has(word) ? `\`dvc ${word}\` works on the same files and the same cache.` : undefined;
}
