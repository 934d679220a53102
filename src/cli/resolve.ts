import { type CatalogEntry, catalog } from "./catalog.ts";

/** The catalogue entries that the words of the command line name, from the outside in: [exp, run]. */
export function resolveEntries(argv: readonly string[]): CatalogEntry[] {
  const found: CatalogEntry[] = [];
  let level: readonly CatalogEntry[] | undefined = catalog;
  for (let index = 0; index < argv.length && level !== undefined; index++) {
    const word = argv[index] ?? "";
    if (word === "--cd") {
      index++;
      continue;
    }
    if (word.startsWith("-")) continue;
    const entry: CatalogEntry | undefined = level.find((item) => item.name === word || item.aliases?.includes(word));
    if (entry === undefined) break;
    found.push(entry);
    level = entry.commands;
  }
  return found;
}
