/** The report of `npm run coverage`: what ran in the tests' process or in their children, by folder, and which folder is too low. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout, makeTemporaryFolder } from "../rig/index.ts";

const text = "export function f(x) {\n  if (x) return 1;\n  return x ?? 2;\n}\n";
const at = (line: number, column: number, endColumn: number) => ({
  start: { line, column },
  end: { line, column: endColumn },
});
const nowhere = { start: {}, end: {} };

/** What vitest tells of `text`: how often each statement and each arm of its two branches ran. */
const fileOf = (name: string, statements: readonly number[], [then, otherwise]: readonly [number, number]) => ({
  path: name,
  statementMap: { 0: at(2, 2, 18), 1: at(2, 9, 18), 2: at(3, 2, 16) },
  s: { ...statements },
  branchMap: {
    0: { type: "if", loc: at(2, 2, 18), locations: [at(2, 2, 18), nowhere] },
    1: { type: "binary-expr", loc: at(3, 9, 15), locations: [at(3, 9, 10), at(3, 14, 15)] },
  },
  b: { 0: [then, otherwise], 1: [statements[2], 0] },
});

interface Ran {
  readonly own: readonly [statements: readonly number[], arms: readonly [number, number]];
  /** Place to count, of the children. */
  readonly children?: Readonly<Record<string, number>>;
  /** In place of `text` and of what vitest tells of it. */
  readonly code?: string;
  readonly told?: object;
}

/** One file a folder. */
function report(folders: Readonly<Record<string, Ran>>) {
  const root = makeTemporaryFolder();
  const own: Record<string, unknown> = {};
  const children: Record<string, unknown> = {};
  for (const [folder, ran] of Object.entries(folders)) {
    const name = path.join(root, folder, "a.ts");
    mkdirSync(path.dirname(name), { recursive: true });
    writeFileSync(name, ran.code ?? text);
    own[name] = ran.told ?? fileOf(name, ...ran.own);
    children[path.relative(root, name)] = ran.children ?? {};
  }
  mkdirSync(path.join(root, "coverage/own"), { recursive: true });
  writeFileSync(path.join(root, "coverage/own/coverage-final.json"), JSON.stringify(own));
  writeFileSync(path.join(root, "coverage/children.json"), JSON.stringify(children));
  const script = path.join(checkout, "scripts/coverage-report.mjs");
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, "coverage"], { cwd: root, encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => line.split(/ {2,}/).map((cell) => cell.trim()));
  return { rows, stderr, status, missed: readFileSync(path.join(root, "coverage/missed.txt"), "utf8").split("\n") };
}

const all: Ran = {
  own: [
    [2, 1, 1],
    [1, 1],
  ],
  children: { "3:9": 1, "3:14": 1 },
};

test("a folder where all ran is fine", () => {
  const { rows, stderr, status, missed } = report({ "src/a": all });
  expect(rows.slice(1, 3)).toEqual([
    ["src/a", "100.0 %", "100.0 %", ""],
    ["all", "100.0 %", "100.0 %"],
  ]);
  expect([stderr, status, missed]).toEqual(["", 0, [""]]);
});

test("a folder with too few lines or branches is named, with its files and places, and fails the run", () => {
  const nothing: Ran = {
    own: [
      [0, 0, 0],
      [0, 0],
    ],
  };
  const onlyThen: Ran = {
    own: [
      [1, 1, 1],
      [1, 0],
    ],
    children: { "3:14": 1 },
  };
  const { rows, stderr, status, missed } = report({ "src/a": all, "src/b": nothing, "src/c": onlyThen });
  expect(rows.slice(1, 4)).toEqual([
    ["src/a", "100.0 %", "100.0 %", ""],
    ["src/b", "0.0 %", "0.0 %", "a.ts"],
    ["src/c", "100.0 %", "75.0 %", "a.ts"],
  ]);
  expect(stderr).toBe("below 85 % of the lines or of the branches: src/b, src/c\n");
  expect(status).toBe(1);
  expect(missed).toContain("src/b/a.ts:3");
  expect(missed).toContain("src/c/a.ts:2:2 if 1");
});

test("what only children ran counts, each arm of an `if` by itself", () => {
  const own: Ran["own"] = [
    [0, 0, 0],
    [0, 0],
  ];
  // The `if` and what comes after it ran twice, the statement in it never.
  const never = report({ "src/a": { own, children: { "2:2": 2, "2:9": 0, "3:2": 2, "3:9": 2, "3:14": 1 } } });
  expect(never.missed).toEqual(["src/a/a.ts:2:2 if 0", ""]);
  const always = report({ "src/a": { own, children: { "2:2": 2, "2:9": 2, "3:2": 0, "3:9": 0, "3:14": 0 } } });
  expect(always.missed).toContain("src/a/a.ts:2:2 if 1");
  expect(always.missed).not.toContain("src/a/a.ts:2:2 if 0");
});

test("what no test can reach here is no branch: bugs that go on up, items that are always there, other platforms", () => {
  const code = `try {
  f();
} catch (error) {
  if (!isExpected(error)) throw error;
  x = list[0] ?? "";
  y = process.platform === "darwin" ? 1 : 2;
  z = other ?? "";
}
`;
  const branches = [
    { type: "if", loc: at(4, 2, 38), locations: [at(4, 2, 38), nowhere] },
    { type: "binary-expr", loc: at(5, 6, 19), locations: [at(5, 6, 13), at(5, 17, 19)] },
    { type: "cond-expr", loc: at(6, 6, 43), locations: [at(6, 38, 39), at(6, 42, 43)] },
    { type: "binary-expr", loc: at(7, 6, 17), locations: [at(7, 6, 11), at(7, 15, 17)] },
  ];
  const told = {
    statementMap: { 0: at(4, 26, 38) },
    s: { 0: 0 },
    branchMap: { ...branches },
    b: [
      [0, 1],
      [1, 0],
      [0, 1],
      [1, 0],
    ],
  };
  const own: Ran["own"] = [[], [0, 0]];
  expect(report({ "src/a": { own, code, told } }).missed).toEqual(["src/a/a.ts:7:15 binary-expr 1", ""]);
});

test("worker threads tell nothing: their folder is left out, and so are the tests' own files", () => {
  const nothing: Ran = {
    own: [
      [0, 0, 0],
      [0, 0],
    ],
  };
  const { rows, status } = report({ "src/a": all, "src/run/pool": nothing, "test/rig": nothing });
  expect(rows.map(([name]) => name)).toEqual(["folder", "src/a", "all", ""]);
  expect(status).toBe(0);
});
