/** One word, one meaning: names that src exports, and docs/glossary.md. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

/** Names that several modules may export, and why. */
const shared = new Map([
  ["command", "a command's module exports its factory under this name: the catalog loads any of them"],
]);

const declaration = /^export (?:async )?(?:abstract )?(?:function\*?|const|class|interface|type) ([A-Za-z_$][\w$]*)/gm;

const files = readdirSync(path.join(checkout, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => `src/${file}`);

/** Exported names of src, with the files that declare them. */
const exported = new Map<string, string[]>();
for (const file of files)
  for (const [, name = ""] of readFileSync(path.join(checkout, file), "utf8").matchAll(declaration))
    exported.set(name, [...new Set([...(exported.get(name) ?? []), file])]);

/** The rows of the glossary: word, meaning, words that are not used, place. */
const rows = readFileSync(path.join(checkout, "docs/glossary.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );

/** `LockEntry`, `readLock`: the words of a name, in lower case. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ");
}

test("no two modules export the same name", () => {
  const twice = [...exported].filter(([name, places]) => places.length > 1 && !shared.has(name));
  expect(exported.size).toBeGreaterThan(1000);
  expect(twice.map(([name, places]) => `${name}: ${places.join(", ")}`)).toEqual([]);
});

test("names that may be shared are shared", () => {
  expect([...shared.keys()].filter((name) => (exported.get(name)?.length ?? 0) < 2)).toEqual([]);
});

test("the glossary is in order, and its places exist", () => {
  expect(rows.length).toBeGreaterThan(25);
  const words = rows.map(([word = ""]) => word);
  expect(words).toEqual([...words].sort());
  const places = rows.map(([, , , place = ""]) => place.replaceAll("`", ""));
  expect(places.filter((place) => !existsSync(path.join(checkout, place)))).toEqual([]);
});

test("no exported name holds a word that the glossary sets aside", () => {
  const banned = new Set(rows.flatMap(([, , not = ""]) => not.split(", ").filter((word) => word !== "")));
  expect(banned.size).toBeGreaterThan(5);
  const found = [...exported.keys()].filter((name) =>
    wordsOf(name).some((word) => banned.has(word) || banned.has(word.replace(/s$/, ""))),
  );
  expect(found).toEqual([]);
});
