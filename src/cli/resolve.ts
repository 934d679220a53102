import { catalog } from "./catalog.ts";
import type { CatalogEntry } from "./catalog-entry.ts";

/** Options of all commands whose next word is their value. */
const globalsWithValue: ReadonlySet<string> = new Set(["--cd", "--profile"]);

/** The catalogue entries that the words of the command line name, from the outside in: [exp, run]. */
export function resolveEntries(argv: readonly string[]): CatalogEntry[] {
  const found: CatalogEntry[] = [];
  let level: readonly CatalogEntry[] | undefined = catalog;
  for (let index = 0; index < argv.length && level !== undefined; index++) {
    const word = argv[index] ?? "";
    if (globalsWithValue.has(word)) {
      index++;
      continue;
    }
    if (word.startsWith("-")) continue;
    const entry: CatalogEntry | undefined = level.find((item) => item.name === word || item.aliases?.includes(word));
    if (entry === undefined) break;
    found.push(entry);
    // A command that has some below it, and words of its own: `sweep list`, but not `sweep -n list`.
    if (entry.load !== undefined && argv[index + 1]?.startsWith("-")) break;
    level = entry.commands;
  }
  return found;
}

/** The words of a command line that name its command, as they were typed: [e, run]. */
export function commandWords(argv: readonly string[]): readonly string[] {
  return resolveEntries(argv).flatMap(
    ({ name, aliases = [] }) => argv.find((word) => word === name || aliases.includes(word)) ?? [],
  );
}
