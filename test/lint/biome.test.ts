/** The linter really refuses what CONTRIBUTING.md says: biome.json over small files that each break one rule. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { checkout, makeRepository } from "../rig/index.ts";

/** Names of files with a finding, by rule. */
const found = new Map<string, string[]>();

beforeAll(async () => {
  const repository = makeRepository({
    git: false,
    dvc: false,
    files: {
      "biome.json": readFileSync(path.join(checkout, "biome.json"), "utf8"),
      "src/git/talks.ts": 'console.log("here");\n',
      "src/git/long.ts": `export const long = [\n${"  1,\n".repeat(400)}];\n`,
      "src/git/long-function.ts": `export function long(): void {\n${"  long();\n".repeat(61)}}\n`,
      "src/git/many.ts": "export const five = (a: 1, b: 2, c: 3, d: 4, e: 5) => [a, b, c, d, e];\n",
      "src/git/any.ts": "export type Any = any;\n",
      "src/git/sure.ts": "export const sure = (maybe?: { name: string }) => maybe!.name;\n",
    },
  });
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=github", "."];
  const biome = repository.startProgram(path.join(checkout, "node_modules", ".bin", "biome"), args);
  const { stdout, exitCode } = await biome.result();
  expect(exitCode).toBe(1);
  for (const [, rule = "", file = ""] of stdout.matchAll(/^::error title=([^,]+),file=([^,]+),/gm))
    found.set(rule, [...(found.get(rule) ?? []), path.relative(repository.folder, file)]);
});

test.each([
  ["lint/suspicious/noConsole", "src/git/talks.ts"],
  ["lint/style/noExcessiveLinesPerFile", "src/git/long.ts"],
  ["lint/complexity/noExcessiveLinesPerFunction", "src/git/long-function.ts"],
  ["lint/complexity/useMaxParams", "src/git/many.ts"],
  ["lint/suspicious/noExplicitAny", "src/git/any.ts"],
  ["lint/style/noNonNullAssertion", "src/git/sure.ts"],
])("%s", (rule, file) => {
  expect(found.get(rule)).toEqual([file]);
});
