// Lines and branches that ran, by folder, of what scripts/coverage.mjs left in a folder: own/coverage-final.json (what the
// tests ran in their own process) and children.json (what the processes ran that they started). The places that did not run
// go into missed.txt beside them. Exits 1 and names the folders where lines or branches are below the limit. A process that
// is killed tells nothing, nor does a worker's thread: src/run/pool is left out.
// usage: coverage-report.mjs FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const limit = 85;
const leftOut = ["src/run/pool"];
const checkout = process.cwd();

const isConstant = (node) =>
  ts.isLiteralExpression(node) || (ts.isArrayLiteralExpression(node) && node.elements.length === 0);

/** `list[0]`, `list.at(-1)`: what the compiler takes for maybe undefined, whatever is known of the list. */
function isItem(node) {
  if (ts.isElementAccessExpression(node)) return node.questionDotToken === undefined;
  return (
    ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === "at"
  );
}

/** The error that the `catch` around a statement caught. */
function caughtAround(node) {
  for (let at = node.parent; at !== undefined; at = at.parent)
    if (ts.isCatchClause(at)) return at.variableDeclaration?.name.getText();
  return undefined;
}

/** `throw error` of what was caught and is not expected: only a bug in the program gets there. */
function isRethrow(node) {
  const [only, ...more] = ts.isBlock(node) ? node.statements : [node];
  if (only === undefined || more.length > 0 || !ts.isThrowStatement(only)) return false;
  return only.expression.getText() === caughtAround(only);
}

/** A test of this machine's kind: the other arm runs on another one. */
const asksForPlatform = (test) => test.getText().includes("process.platform");

/**
 * What a file's text tells of its branches, by places `LINE:COLUMN` (lines from 1, columns from 0): where the statement after
 * each `if (...)` stands, by the place of the `if`; and what is no branch, since no test can reach it here: the constants that
 * stand for an item which is always there (`list[0] ?? ""`, the compiler's wish), rethrown bugs, and other platforms.
 */
function branchesOf(name) {
  const source = ts.createSourceFile(name, readFileSync(name, "utf8"), ts.ScriptTarget.Latest, true);
  const placeOf = (offset) => {
    const { line, character } = source.getLineAndCharacterOfPosition(offset);
    return { line: line + 1, column: character };
  };
  const idOf = (node) => {
    const { line, column } = placeOf(node.getStart(source));
    return `${line}:${column}`;
  };
  const blocks = new Map();
  const unreachable = new Set();
  const visit = (node) => {
    if (ts.isIfStatement(node)) {
      const { thenStatement: then } = node;
      blocks.set(idOf(node), { start: placeOf(then.getStart(source)), end: placeOf(then.end) });
      if (isRethrow(then) || asksForPlatform(node.expression)) unreachable.add(`${idOf(node)} if`);
    }
    if (ts.isConditionalExpression(node) && asksForPlatform(node.condition)) unreachable.add(`${idOf(node)} cond-expr`);
    if (ts.isThrowStatement(node) && isRethrow(node)) unreachable.add(`line ${placeOf(node.getStart(source)).line}`);
    const isFallback = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
    if (isFallback && isConstant(node.right) && isItem(node.left)) unreachable.add(idOf(node.right));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { blocks, unreachable };
}

/** How often the code there ran in the children: at the first place within it that the maps know. undefined for none. */
function countAt(places, { start, end }) {
  for (let line = start.line; line <= (end?.line ?? start.line); line++) {
    const last = line === end?.line ? (end.column ?? 1000) : 1000;
    for (let column = line === start.line ? start.column : 0; column <= last; column++) {
      const found = places[`${line}:${column}`];
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const ranAt = (places, location) => (countAt(places, location) ?? 0) > 0;

/** Whether each arm of a branch ran in a child. vitest gives the first arm of an `if` the place of the whole, and a missing else none. */
function armsRan({ type, loc, locations }, places, blocks) {
  const then = type === "if" ? blocks.get(`${loc.start.line}:${loc.start.column}`) : undefined;
  if (then === undefined)
    return locations.map((location) => location.start?.line !== undefined && ranAt(places, location));
  const taken = countAt(places, then) ?? 0;
  return locations.map((location, arm) => {
    if (arm === 0) return taken > 0;
    return location.start?.line === undefined ? (countAt(places, loc) ?? 0) > taken : ranAt(places, location);
  });
}

/** Lines and branches of a file, each with its place and whether it ran. */
function countsOf(file, name, places) {
  const { blocks, unreachable } = branchesOf(name);
  const lines = new Map();
  for (const [id, location] of Object.entries(file.statementMap)) {
    const { line } = location.start;
    if (unreachable.has(`line ${line}`)) continue;
    lines.set(line, lines.get(line) || file.s[id] > 0 || ranAt(places, location));
  }
  const branches = Object.entries(file.branchMap).flatMap(([id, branch]) => {
    const inChildren = armsRan(branch, places, blocks);
    const { line, column } = branch.loc.start;
    if (unreachable.has(`${line}:${column} ${branch.type}`)) return [];
    return branch.locations.flatMap(({ start }, arm) => {
      const place = `${start?.line ?? line}:${start?.column ?? column}`;
      if (branch.type === "binary-expr" && unreachable.has(place)) return [];
      return [{ place: `${name}:${place} ${branch.type} ${arm}`, ran: file.b[id][arm] > 0 || inChildren[arm] }];
    });
  });
  return { lines: [...lines].map(([line, ran]) => ({ place: `${name}:${line}`, ran })), branches };
}

const percent = (values) =>
  values.length === 0 ? 100 : (100 * values.filter(({ ran }) => ran).length) / values.length;
const shown = (values) => `${percent(values).toFixed(1)} %`.padStart(9);
const isLow = ({ lines, branches }) => percent(lines) < limit || percent(branches) < limit;

function readFolders(folder) {
  const own = JSON.parse(readFileSync(path.join(folder, "own", "coverage-final.json"), "utf8"));
  const children = JSON.parse(readFileSync(path.join(folder, "children.json"), "utf8"));
  const folders = new Map();
  for (const [absolute, file] of Object.entries(own)) {
    const name = path.relative(checkout, absolute);
    const of = path.dirname(name);
    if (leftOut.includes(of) || of.startsWith("test")) continue;
    const counts = countsOf(file, name, children[name] ?? {});
    const before = folders.get(of) ?? { lines: [], branches: [], poor: [] };
    folders.set(of, {
      lines: [...before.lines, ...counts.lines],
      branches: [...before.branches, ...counts.branches],
      poor: [...before.poor, ...(isLow(counts) ? [path.basename(name)] : [])],
    });
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const [folder] = process.argv.slice(2);
const folders = readFolders(folder);
process.stdout.write(`${"folder".padEnd(32)}    lines  branches  files below ${limit} %\n`);
for (const [name, { lines, branches, poor }] of folders)
  process.stdout.write(`${name.padEnd(32)}${shown(lines)} ${shown(branches)}  ${poor.join(", ")}\n`);
const lines = [...folders.values()].flatMap((counts) => counts.lines);
const branches = [...folders.values()].flatMap((counts) => counts.branches);
process.stdout.write(`${"all".padEnd(32)}${shown(lines)} ${shown(branches)}\n`);
const missed = [...lines, ...branches].filter(({ ran }) => !ran).map(({ place }) => place);
writeFileSync(path.join(folder, "missed.txt"), missed.map((place) => `${place}\n`).join(""));
const low = [...folders].filter(([, counts]) => isLow(counts)).map(([name]) => name);
if (low.length > 0) process.stderr.write(`below ${limit} % of the lines or of the branches: ${low.join(", ")}\n`);
process.exitCode = low.length === 0 ? 0 : 1;
