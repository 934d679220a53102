/** The linter really refuses what the architecture forbids: biome.json over small files that each import one thing. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { checkout, makeRepository } from "../rig/index.ts";

/** File, what it imports, and whether that is allowed. */
const imports: readonly (readonly [file: string, from: string, verdict: "allowed" | "refused"])[] = [
  ["src/cli/commands/a.ts", "../../run/b.ts", "allowed"],
  ["src/run/a.ts", "../cli/b.ts", "refused"],
  ["src/run/a.ts", "../report/b.ts", "refused"],
  ["src/run/a.ts", "../ci/b.ts", "refused"],
  ["src/ci/job/a.ts", "../../run/b.ts", "allowed"],
  ["src/ci/job/a.ts", "../../experiments/b.ts", "allowed"],
  ["src/ci/a.ts", "../cli/b.ts", "refused"],
  ["src/ci/a.ts", "../report/b.ts", "refused"],
  ["src/report/progress/a.ts", "../../run/b.ts", "refused"],
  ["src/experiments/a.ts", "../run/b.ts", "refused"],
  ["src/experiments/show/a.ts", "../../pipeline/b.ts", "allowed"],
  ["src/pipeline/a.ts", "../experiments/b.ts", "refused"],
  ["src/pipeline/a.ts", "./run/b.ts", "allowed"],
  ["src/pipeline/a.ts", "../run/b.ts", "refused"],
  ["src/pipeline/lock/a.ts", "../run/b.ts", "allowed"],
  ["src/pipeline/lock/a.ts", "../../run/b.ts", "refused"],
  ["src/pipeline/a.ts", "../sweep/b.ts", "refused"],
  ["src/store/a.ts", "../git/b.ts", "refused"],
  ["src/git/a.ts", "../../grammar/b.ts", "allowed"],
  ["src/git/deep/a.ts", "../../store/b.ts", "refused"],
  ["src/base/a.ts", "../git/b.ts", "refused"],
  ["src/base/a.ts", "../../grammar/b.ts", "refused"],
  ["grammar/override/a.ts", "../../src/base/b.ts", "refused"],
  ["grammar/override/a.ts", "chevrotain", "allowed"],
  ["grammar/override/a.ts", "yaml", "refused"],
  ["src/sweep/a.ts", "chevrotain", "refused"],
  ["src/params/yaml/a.ts", "yaml", "allowed"],
  ["src/store/a.ts", "yaml", "refused"],
  ["src/experiments/a.ts", "piscina", "refused"],
  ["src/cli/a.ts", "simple-git", "refused"],
  ["src/report/a.ts", "commander", "refused"],
  ["src/base/a.ts", "node:fs", "allowed"],
  ["src/git/a.ts", "node:fs", "refused"],
  ["src/cli/a.ts", "node:fs/promises", "refused"],
  ["src/pipeline/processes/a.ts", "node:child_process", "allowed"],
  ["src/pipeline/reproduce/a.ts", "node:child_process", "refused"],
  ["src/yaml/a.ts", "../params/b.ts", "refused"],
  ["src/project/a.ts", "../store/b.ts", "refused"],
  ["src/store/a.ts", "../project/b.ts", "allowed"],
  ["src/pipeline/lock/a.ts", "node:child_process", "refused"],
  ["src/experiments/a.ts", "node:child_process", "refused"],
];

/** Names of files with a finding, by rule. */
const found = new Map<string, Set<string>>();
const numbered = (file: string, index: number) => file.replace(/a\.ts$/, `a${index}.ts`);

beforeAll(async () => {
  const files = imports.map(([file, from], index) => [numbered(file, index), `import { b } from "${from}";\n\nb();\n`]);
  const repository = makeRepository({
    git: false,
    dvc: false,
    files: {
      ...Object.fromEntries(files),
      "biome.json": readFileSync(path.join(checkout, "biome.json"), "utf8"),
      "src/git/talks.ts": 'console.log("here");\n',
      "src/git/long.ts": `export const long = [\n${"  1,\n".repeat(400)}];\n`,
      "src/git/long-function.ts": `export function long(): void {\n${"  long();\n".repeat(61)}}\n`,
    },
  });
  const args = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=github", "."];
  const biome = repository.startProgram(path.join(checkout, "node_modules", ".bin", "biome"), args);
  const { stdout, exitCode } = await biome.result();
  expect(exitCode).toBe(1);
  for (const [, rule = "", file = ""] of stdout.matchAll(/^::error title=([^,]+),file=([^,]+),/gm))
    found.set(rule, (found.get(rule) ?? new Set()).add(path.relative(repository.folder, file)));
});

test.each(imports.map(([file, from, verdict], index) => ({ file, from, verdict, index })))(
  "$file: $from is $verdict",
  ({ file, verdict, index }) => {
    const isRefused = found.get("lint/style/noRestrictedImports")?.has(numbered(file, index)) ?? false;
    expect(isRefused ? "refused" : "allowed").toBe(verdict);
  },
);

test("the console, long files and long functions are refused", () => {
  expect([...(found.get("lint/suspicious/noConsole") ?? [])]).toEqual(["src/git/talks.ts"]);
  expect([...(found.get("lint/style/noExcessiveLinesPerFile") ?? [])]).toEqual(["src/git/long.ts"]);
  expect([...(found.get("lint/complexity/noExcessiveLinesPerFunction") ?? [])]).toEqual(["src/git/long-function.ts"]);
});
