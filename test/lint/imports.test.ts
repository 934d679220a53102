/** The rules of .dependency-cruiser.mjs: the code keeps to them, and they refuse what the architecture forbids. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { innerLayers, layers, ownFiles } from "../../scripts/layers.mjs";
import { checkout, makeRepository } from "../rig/index.ts";

/** File, what it imports (from the top, or a package), and the rule that refuses it. */
const imports: readonly (readonly [file: string, from: string, refusedBy: string | undefined])[] = [
  ["src/cli/commands/exp/a.ts", "src/run/b.ts", undefined],
  ["src/run/a.ts", "src/cli/terminal/b.ts", "order"],
  ["src/run/a.ts", "src/report/b.ts", "order"],
  ["src/run/a.ts", "src/ci/b.ts", "order"],
  ["src/ci/a.ts", "src/run/b.ts", undefined],
  ["src/ci/a.ts", "src/report/b.ts", "order"],
  ["src/report/progress/a.ts", "src/run/b.ts", "order"],
  ["src/experiments/a.ts", "src/run/b.ts", "order"],
  ["src/experiments/show/a.ts", "src/pipeline/b.ts", undefined],
  ["src/pipeline/a.ts", "src/experiments/b.ts", "order"],
  ["src/pipeline/reproduce/a.ts", "src/sweep/b.ts", "order"],
  ["src/store/a.ts", "src/git/b.ts", "order"],
  ["src/store/remotes/a.ts", "src/project/b.ts", undefined],
  ["src/project/a.ts", "src/store/b.ts", "order"],
  ["src/git/a.ts", "grammar/override/b.ts", undefined],
  ["src/yaml/a.ts", "src/params/text/b.ts", "order"],
  ["src/base/a.ts", "src/git/b.ts", "order"],
  ["src/base/a.ts", "grammar/override/b.ts", "order"],
  ["grammar/override/a.ts", "src/base/b.ts", "order"],
  // Inside of a folder.
  ["src/cli/a.ts", "src/cli/commands/exp/b.ts", undefined],
  ["src/cli/terminal/a.ts", "src/cli/commands/b.ts", "order"],
  ["src/cli/commands/data/a.ts", "src/cli/commands/b.ts", undefined],
  ["src/cli/commands/data/a.ts", "src/cli/commands/exp/b.ts", "order"],
  ["src/cli/words/a.ts", "src/cli/options/b.ts", "order"],
  ["src/experiments/queue/a.ts", "src/experiments/b.ts", undefined],
  ["src/experiments/b1.ts", "src/experiments/queue/b.ts", "order"],
  ["src/experiments/queue/a.ts", "src/experiments/make/b.ts", "order"],
  ["src/pipeline/reproduce/a.ts", "src/pipeline/check/b.ts", undefined],
  ["src/pipeline/check/a.ts", "src/pipeline/reproduce/b.ts", "order"],
  ["src/pipeline/lock/a.ts", "src/pipeline/locks/b.ts", "order"],
  ["src/run/one/a.ts", "src/run/pool/b.ts", "order"],
  ["grammar/interpolation/a.ts", "grammar/override/b.ts", "order"],
  // Packages.
  ["grammar/override/a.ts", "chevrotain", undefined],
  ["grammar/override/a.ts", "yaml", "package"],
  ["src/sweep/a.ts", "chevrotain", "package"],
  ["src/params/yaml/a.ts", "yaml", undefined],
  ["src/params/yaml/a.ts", "yaml/util", undefined],
  ["src/store/a.ts", "yaml", "package"],
  ["src/experiments/a.ts", "listr2", "package"],
  ["src/cli/a.ts", "simple-git", "package"],
  ["src/report/a.ts", "commander", "package"],
  ["src/params/a.ts", "@lezer/python", "package"],
  ["src/base/a.ts", "left-pad", "unlisted"],
  ["src/base/a.ts", "no-such-package", "unlisted"],
  ["src/base/a.ts", "test/rig/b.ts", "unlisted"],
  // Node.
  ["src/base/a.ts", "node:fs", undefined],
  ["src/base/a.ts", "node:path", undefined],
  ["src/git/a.ts", "node:fs", "node"],
  ["src/cli/a.ts", "node:fs/promises", "node"],
  ["src/cli/a.ts", "fs", "node"],
  ["src/git/a.ts", "node:child_process", undefined],
  ["src/pipeline/processes/a.ts", "node:child_process", undefined],
  ["src/pipeline/locks/a.ts", "node:child_process", "node"],
  ["src/experiments/a.ts", "node:child_process", "node"],
  ["src/base/a.ts", "node:https", "node"],
];

/** Each way of importing counts. */
const forms: readonly ((from: string) => string)[] = [
  (from) => `import { b } from "${from}";\n\nb();\n`,
  (from) => `import type { B } from "${from}";\n\nexport type A = B;\n`,
  (from) => `export type A = import("${from}").B;\n`,
  (from) => `export const a = () => import("${from}");\n`,
  (from) => `export { b } from "${from}";\n`,
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
  readonly cycle?: readonly { readonly name: string }[];
}

async function violations(folder: string): Promise<readonly Violation[]> {
  const repository = makeRepository({ git: false, dvc: false });
  const config = path.join(checkout, ".dependency-cruiser.mjs");
  const program = path.join(checkout, "node_modules", ".bin", "depcruise");
  const args = ["--config", config, "--output-type", "json", "src", "grammar"];
  const { stdout } = await repository
    .startProgram(program, args, { cwd: path.relative(repository.folder, folder) })
    .result();
  return JSON.parse(stdout).summary.violations;
}

const exported = "export type B = 1;\nexport const b = () => 1;\n";
const isPackage = (from: string) => !/^(src|grammar|test)\//.test(from);
const numbered = (file: string, index: number) => file.replace(/\w+\.ts$/, `a${index}.ts`);

function fileOf(file: string, from: string, index: number): readonly [string, string] {
  const specifier = isPackage(from) ? from : path.relative(path.dirname(file), from);
  const write = forms[index % forms.length] ?? forms[0];
  return [
    numbered(file, index),
    write?.(specifier.startsWith(".") || isPackage(from) ? specifier : `./${specifier}`) ?? "",
  ];
}

function packageFiles(name: string): readonly (readonly [string, string])[] {
  const folder = `node_modules/${name}`;
  return [
    [`${folder}/package.json`, JSON.stringify({ name, exports: { ".": "./index.js", "./util": "./index.js" } })],
    [`${folder}/index.js`, "export const b = () => 1;\n"],
  ];
}

/** Rules by file, of all files that import something. */
const found = new Map<string, Set<string>>();
const circles: string[] = [];

beforeAll(async () => {
  const packages = ["chevrotain", "yaml", "listr2", "simple-git", "commander", "@lezer/python", "left-pad"];
  const targets = imports.flatMap(([, from]) => (isPackage(from) ? [] : [from]));
  const files = {
    ...Object.fromEntries(targets.map((file) => [file, exported])),
    ...Object.fromEntries(packages.flatMap(packageFiles)),
    ...Object.fromEntries(imports.map(([file, from], index) => fileOf(file, from, index))),
    "src/git/one.ts": 'import type { Two } from "./two.ts";\n\nexport type One = Two;\n',
    "src/git/two.ts": 'export const two = () => import("./three.ts");\nexport type Two = 2;\n',
    "src/git/three.ts": 'export type Three = import("./one.ts").One;\n',
  };
  const { folder } = makeRepository({ git: false, dvc: false, files });
  for (const { from, rule, cycle } of await violations(folder)) {
    found.set(from, (found.get(from) ?? new Set()).add(rule.name.replace(/:.*/, "")));
    if (cycle !== undefined)
      circles.push(
        cycle
          .map(({ name }) => path.basename(name))
          .sort()
          .join(" "),
      );
  }
});

test.each(imports.map(([file, from, refusedBy], index) => ({ file, from, refusedBy, index })))(
  "$file: $from ($refusedBy)",
  ({ file, refusedBy, index }) => {
    expect([...(found.get(numbered(file, index)) ?? [])]).toEqual(refusedBy === undefined ? [] : [refusedBy]);
  },
);

test("a circle is refused, also where types and late imports close it", () => {
  expect(new Set(circles)).toEqual(new Set(["one.ts three.ts two.ts"]));
});

test("the code keeps to the rules", async () => {
  const all = await violations(checkout);
  expect(all.map(({ from, rule }) => `${rule.name}: ${from}`)).toEqual([]);
});

test("every folder of the code is in one row of the tables", () => {
  const listed = Object.entries(innerLayers).flatMap(([top, rows]) =>
    rows.flat().map((name) => (name === ownFiles ? top : `${top}/${name}`)),
  );
  const folders = ["src", "grammar"].flatMap((top) =>
    readdirSync(path.join(checkout, top), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => path.dirname(path.join(top, file))),
  );
  // A folder that is to come, or has no files of its own, may be in them.
  expect(listed).toEqual(expect.arrayContaining([...new Set(folders)]));
  expect(new Set(listed).size).toBe(listed.length);
  expect(layers.flat().sort()).toEqual(Object.keys(innerLayers).sort());
});
