/** Targets with shell wildcards, as names of what is there (Python's glob, which DVC asks: dvc/utils: glob_targets). */
import path from "node:path";
import { SweeplineError, unlessSystemFails } from "../../base/errors.ts";
import { type Dirent, existsSync, readdirSync } from "../../base/files.ts";
import { globMatcher } from "../../base/text/glob-match.ts";

const magic = /[*?[]/;

function entriesOf(folder: string): readonly Dirent[] {
  return unlessSystemFails([], () => readdirSync(folder, { withFileTypes: true }));
}

function joinedName(prefix: string, name: string): string {
  return prefix === "" || prefix.endsWith("/") ? prefix + name : `${prefix}/${name}`;
}

/** Names with a dot in front are meant only by patterns that have one. */
function isMeant(name: string, pattern: string): boolean {
  return !name.startsWith(".") || pattern.startsWith(".");
}

/** What is below a folder, itself first; links to folders are not entered. */
function* below(folder: string, prefix: string): Generator<string> {
  yield prefix;
  for (const entry of entriesOf(path.resolve(folder, prefix))) {
    if (entry.name.startsWith(".")) continue;
    const name = joinedName(prefix, entry.name);
    if (entry.isDirectory()) yield* below(folder, name);
    else yield name;
  }
}

function* expand(folder: string, prefix: string, parts: readonly string[]): Generator<string> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    if (prefix !== "" && existsSync(path.resolve(folder, prefix))) yield prefix;
  } else if (part === "**") {
    for (const name of below(folder, prefix)) yield* expand(folder, name, rest);
  } else if (!magic.test(part)) {
    yield* expand(folder, joinedName(prefix, part), rest);
  } else {
    const matches = globMatcher(part);
    const names = entriesOf(path.resolve(folder, prefix)).map(({ name }) => name);
    for (const name of names.sort())
      if (isMeant(name, part) && matches(name)) yield* expand(folder, joinedName(prefix, name), rest);
  }
}

/** The files and folders that the patterns name, relative to `folder` or as absolute as they are. Throws TARGETS_NOT_MATCHED. */
export function globTargets(folder: string, patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) => {
    const isAbsolute = pattern.startsWith("/");
    return [...expand(folder, isAbsolute ? "/" : "", pattern.split("/").slice(isAbsolute ? 1 : 0))];
  });
  if (found.length > 0 || patterns.length === 0) return [...new Set(found)];
  throw new SweeplineError({
    code: "TARGETS_NOT_MATCHED",
    message: `Glob [${patterns.map((pattern) => `'${pattern}'`).join(", ")}] has no matches.`,
    hint: "With --glob targets are names of files and folders; what is not there is not matched.",
  });
}
