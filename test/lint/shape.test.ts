/** What no linter of ours looks at: state of modules, lists of parameters, flags, the length of files and functions, full folders. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

function filesOf(tops: readonly string[], pattern: RegExp): string[] {
  return tops.flatMap((top) =>
    readdirSync(path.join(checkout, top), { recursive: true, encoding: "utf8" })
      .filter((file) => pattern.test(file))
      .map((file) => path.posix.join(top, file.split(path.sep).join("/"))),
  );
}

const files = filesOf(["src", "grammar"], /\.tsx?$/);

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

function parsed(file: string): ts.SourceFile {
  return parse(file, readFileSync(path.join(checkout, file), "utf8"));
}

const sources = files.map(parsed);
/** Programs of the checkout that are no part of the package. */
const tools = filesOf(["bench", "bin", "scripts"], /\.m?[jt]s$/).map(parsed);

function all(node: ts.Node): ts.Node[] {
  const found = [node];
  ts.forEachChild(node, (child) => {
    found.push(...all(child));
  });
  return found;
}

const changing = /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)$/;

function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return false;
  const { kind } = parent.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** `name.set(...)`, `name.x = 1`, `name[0] = 1`, and the same of what it holds: `name.x.set(...)`. */
function isChanged(name: ts.Expression): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === name) {
    const isCalled = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
    return isAssigned(parent) || (isCalled ? changing.test(parent.name.text) : isChanged(parent));
  }
  return ts.isElementAccessExpression(parent) && parent.expression === name && isAssigned(parent);
}

const plainly = /^(Map|Set|WeakMap|WeakSet|RegExp|TextEncoder|TextDecoder)$/;

/** An object of a class of ours that is made empty is there to be filled. */
function isToBeFilled(value: ts.Expression | undefined): boolean {
  return (
    value !== undefined &&
    ts.isNewExpression(value) &&
    (value.arguments?.length ?? 0) === 0 &&
    !plainly.test(value.expression.getText())
  );
}

/** The variables at a module's top that hold state: those that are assigned again, or whose value is changed in the module. */
function stateOf(source: ts.SourceFile): string[] {
  const declared = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList: list }) =>
      list.declarations.map((declaration) => ({ declaration, isLet: (list.flags & ts.NodeFlags.Let) !== 0 })),
    );
  const names = all(source).filter(ts.isIdentifier);
  return declared
    .filter(
      ({ declaration: { name, initializer }, isLet }) =>
        isLet || isToBeFilled(initializer) || names.some((use) => use.text === name.getText() && isChanged(use)),
    )
    .map(({ declaration }) => `${source.fileName}: ${declaration.name.getText()}`);
}

function functionsOf(source: ts.SourceFile): ts.FunctionLikeDeclaration[] {
  return all(source).filter(
    (node): node is ts.FunctionLikeDeclaration => ts.isFunctionLike(node) && "body" in node && node.body !== undefined,
  );
}

function nameOf(node: ts.FunctionLikeDeclaration): string {
  const named = ts.isConstructorDeclaration(node) ? node.parent : ts.isArrowFunction(node) ? node.parent : node;
  return "name" in named && named.name !== undefined ? (named.name as ts.Node).getText() : "()";
}

function longLists(source: ts.SourceFile): string[] {
  // What a function that is passed on takes is up to its caller.
  const own = functionsOf(source).filter(({ parent }) => !ts.isCallExpression(parent));
  const long = own.filter(({ parameters }) => parameters.length > 3);
  return long.map((node) => `${source.fileName}: ${nameOf(node)}`);
}

/** Functions of more lines than that, blank ones and comments in them included. */
function longFunctions(source: ts.SourceFile, most = 60): string[] {
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const lines = (node: ts.Node) => lineAt(node.end) - lineAt(node.getStart(source)) + 1;
  return functionsOf(source)
    .filter((node) => lines(node) > most)
    .map((node) => `${source.fileName}: ${nameOf(node)}`);
}

function isFlag({ type, initializer }: ts.ParameterDeclaration): boolean {
  const kinds = [type?.kind, initializer?.kind];
  return [ts.SyntaxKind.BooleanKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].some((kind) =>
    kinds.includes(kind as ts.SyntaxKind & ts.KeywordTypeSyntaxKind),
  );
}

function flagsOf(source: ts.SourceFile): string[] {
  return functionsOf(source).flatMap((node) =>
    node.parameters.filter(isFlag).map(({ name }) => `${source.fileName}: ${nameOf(node)}(${name.getText()})`),
  );
}

/** State that a module may keep, and why it does no harm. */
const allowedState: Readonly<Record<string, string>> = {
  "grammar/config-interpolation/parse.ts: engine": "made when first used",
  "grammar/filter/parse.ts: engine": "made when first used",
  "grammar/interpolation/parse.ts: engine": "made when first used",
  "grammar/override/lexer.ts: instance": "made when first used",
  "grammar/override/parse.ts: instance": "made when first used",
  "grammar/override/scan.ts: unclosed": "of the text that is scanned now: chevrotain's patterns get no more than that",
  "src/base/asides.ts: counter": "no two names of one process are the same",
  "src/base/asides.ts: ownMark": "never changes while the process lives",
  "src/base/cluster-jobs.ts: answers": "what Slurm said a moment ago; bounded",
  "src/base/open-files.ts: appended": "names of open descriptors, which are the process's own, for messages",
  "src/base/processes.ts: bootId": "never changes while the machine is up",
  "src/base/python.ts: tuples": "a mark on values that hold no other one; goes with the value",
  "src/base/trace.ts: sink": "set once, before the command's work: see there",
  "src/base/trace/signal-watchers.ts: watchers": "a mark on listeners of the process, which is one",
  "src/cli/main.ts: isUnwritable": "the process's stdout, told once",
  "src/cli/terminal/confirm.ts: typedAhead": "goes with the stream",
  "src/cli/terminal/interrupt.ts: listening": "signals come to the process, which is one",
  "src/config/open-nodes.ts: openNodes": "goes with the node, which never changes",
  "src/config/open-nodes.ts: parsed": "the same text is the same tree; bounded",
  "src/config/open-nodes.ts: sizes": "goes with the node, which never changes",
  "src/git/signals.ts: running": "the process's children, to end with it",
  "src/params/json/scan.ts: number": "lastIndex is set before each use",
  "src/params/json/scan.ts: space": "lastIndex is set before each use",
  "src/params/param-file.ts: indexes": "goes with the mapping, which never changes once it is read",
  "src/params/text/unstorable.ts: known": "a mark on values that hold no other one; goes with the value",
  "src/pipeline/check/changes.ts: itemsByPath": "goes with the items, which never change",
  "src/pipeline/locks/flock.ts: available": "programs of the machine that turned out to be missing",
  "src/pipeline/locks/owner-links.ts: self": "never changes while the process lives",
  "src/run/pool/garbage.ts: known": "made when first used: a context of its own",
  "src/run/pool/worker.ts: thread": "the worker's entry: piscina gives a thread no other place between its tasks",
  "src/store/hash.ts: smallBuffer": "a buffer that each thread uses again, never between two waits",
};

/** Flags that are data, such as facts that are compared: what they switch on or off is nothing. */
const flags: readonly string[] = [
  "src/cli/options/limits.ts: ()(value)",
  "src/pipeline/data/cloud-status.ts: stateOf(isHere)",
  "src/pipeline/data/cloud-status.ts: stateOf(isThere)",
];

test("the state of modules is what is listed here, with reasons", () => {
  expect(sources.flatMap(stateOf).sort()).toEqual(Object.keys(allowedState).sort());
});

test("no function takes four parameters", () => {
  expect(sources.flatMap(longLists)).toEqual([]);
});

test("no function but those listed takes a flag", () => {
  expect(sources.flatMap(flagsOf).sort()).toEqual([...flags].sort());
});

// Biome counts both in its own way (test/lint/biome.test.ts): of a function neither blank lines nor those of markup.
test("no function has more than 60 lines", () => {
  expect([...sources, ...tools].flatMap((source) => longFunctions(source))).toEqual([]);
});

test("no file has more than 400 lines, blank ones and comments included", () => {
  const long = [...sources, ...tools].filter(({ text }) => text.split("\n").length - 1 > 400);
  expect(long.map(({ fileName }) => fileName)).toEqual([]);
});

test("no folder has more than 25 files", () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(path.dirname(file), (counts.get(path.dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > 25)).toEqual([]);
});

test.each([
  ["let now = 1;", ["x.ts: now"]],
  ["const seen = new Set<string>();\nexport const see = (name: string) => seen.add(name);", ["x.ts: seen"]],
  ["const counts = { all: 0 };\nexport const count = () => {\n  counts.all += 1;\n};", ["x.ts: counts"]],
  ["const items: number[] = [];\nexport const put = () => {\n  items[0] = 1;\n};", ["x.ts: items"]],
  ["const readings = new Readings();", ["x.ts: readings"]],
  ["const kept = { names: new Set() };\nexport const put = () => kept.names.add(1);", ["x.ts: kept"]],
  ["const names = new Set(['a']);\nexport const has = (name: string) => names.has(name);", []],
  ["export function f() {\n  const own = new Set();\n  own.add(1);\n}", []],
])("state of a module: %s", (text, found) => {
  expect(stateOf(parse("x.ts", text))).toEqual(found);
});

test.each([
  ["function f() {\n  a();\n  b();\n}", []],
  ["function f() {\n  a();\n\n  b();\n}", ["x.tsx: f"]],
  ["const f = () => (\n  <p>\n    a\n  </p>\n);", ["x.tsx: f"]],
  ["class A {\n  f() {\n    // one\n    a();\n    b();\n  }\n}", ["x.tsx: f"]],
])("lines of a function: %s", (text, found) => {
  expect(longFunctions(parse("x.tsx", text), 4)).toEqual(found);
});

test.each([
  ["export const f = (a: 1, b: 2, c: 3, d: 4) => [a, b, c, d];", ["x.ts: f"], []],
  ["export function f(isSure: boolean) {\n  return isSure;\n}", [], ["x.ts: f(isSure)"]],
  ["export class A {\n  constructor(a: 1, b: 2, c: 3, private d = false) {}\n}", ["x.ts: A"], ["x.ts: A(d)"]],
  ["export const f = (a: 1, { b, c, d }: X) => a;", [], []],
])("parameters: %s", (text, long, flagged) => {
  expect(longLists(parse("x.ts", text))).toEqual(long);
  expect(flagsOf(parse("x.ts", text))).toEqual(flagged);
});
