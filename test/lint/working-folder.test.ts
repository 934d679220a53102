/** The working folder is a value that is passed on: it is asked for once, after --cd. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

/** Asks for it openly, or as `path.resolve` does for a name alone. */
const asking = { all: /\bprocess\.(cwd|chdir)\(/, cli: /\bpath\.resolve\([\w.]+\)/ };

function linesWith(pattern: RegExp, folder: string): readonly string[] {
  const files = readdirSync(path.join(checkout, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      readFileSync(path.join(checkout, folder, file), "utf8")
        .split("\n")
        .filter((line) => pattern.test(line))
        .map((line) => `${folder}/${file}: ${line.trim()}`),
    );
}

test("one place asks for the working folder, and one changes it", () => {
  expect([...linesWith(asking.all, "src"), ...linesWith(asking.all, "grammar")]).toEqual([
    "src/cli/current-folder.ts: return process.cwd();",
    "src/cli/program.ts: process.chdir(folder);",
  ]);
  expect([...linesWith(asking.cli, "src/cli"), ...linesWith(asking.cli, "src/ci")]).toEqual([]);
});
