/** Python text to its syntax tree; what CPython would not parse is refused. */
import { Layout } from "./layout.ts";
import { checkLine } from "./line-rules.ts";
import { childrenOf, type PythonText } from "./literal.ts";
import { Respelling } from "./respell.ts";
import { logicalLines } from "./scan.ts";
import type { Fail } from "./strings.ts";
import { parseModule, type SyntaxNode } from "./syntax.ts";

/** The tree of a module. The page fails at the first place that makes the text no Python. */
export function checkedModule({ text, fail }: PythonText): SyntaxNode {
  const nul = text.indexOf("\0");
  if (nul >= 0) fail(nul, "Python source cannot contain null bytes");
  const layout = new Layout(text, fail);
  const respelling = new Respelling(text);
  for (const line of logicalLines(text, fail)) {
    layout.take(line);
    checkLine(text, line, fail);
    respelling.take(line);
  }
  layout.finish();
  const top = parseModule(respelling.result());
  checkTree(top, fail);
  return top;
}

type Check = (node: SyntaxNode, fail: Fail) => void;

const checks: Readonly<Record<string, Check | undefined>> = {
  AssignStatement: checkTargets,
  TryStatement: checkHandlers,
  ArgList: checkArguments,
  ParamList: checkParameters,
};

function checkTree(top: SyntaxNode, fail: Fail): void {
  const cursor = top.cursor();
  do {
    if (cursor.type.isError) fail(cursor.from, "invalid syntax");
    checks[cursor.name]?.(cursor.node, fail);
  } while (cursor.next());
}

const neverTargets: ReadonlySet<string> = new Set([
  "Number",
  "String",
  "ContinuedString",
  "Boolean",
  "None",
  "CallExpression",
  "BinaryExpression",
  "UnaryExpression",
  "DictionaryExpression",
  "SetExpression",
  "LambdaExpression",
  "ConditionalExpression",
]);

function checkTargets(statement: SyntaxNode, fail: Fail): void {
  const parts = childrenOf(statement);
  const last = parts.findLastIndex((part) => part.name === "AssignOp");
  const bad = parts.slice(0, Math.max(0, last)).find((part) => neverTargets.has(part.name));
  if (bad !== undefined) fail(bad.from, "nothing can be assigned to this");
}

function checkHandlers(statement: SyntaxNode, fail: Fail): void {
  const hasHandler = childrenOf(statement).some(({ name }) => name === "except" || name === "finally");
  if (!hasHandler) fail(statement.from, "expected 'except' or 'finally' block");
}

/** The parts of a list in parentheses, between its commas. */
function partsOf(list: SyntaxNode): SyntaxNode[][] {
  const parts: SyntaxNode[][] = [[]];
  for (const child of childrenOf(list).filter(({ name }) => name !== "(" && name !== ")"))
    if (child.name === ",") parts.push([]);
    else parts.at(-1)?.push(child);
  return parts;
}

/** `=`, not `:=`. */
function isEquals(node: SyntaxNode | undefined): boolean {
  return node?.name === "AssignOp" && node.to - node.from === 1;
}

function checkArguments(list: SyntaxNode, fail: Fail): void {
  let hasNamed = false;
  for (const [first, second] of partsOf(list)) {
    const isNamed = isEquals(second);
    if (first !== undefined && second === undefined && hasNamed)
      fail(first.from, "positional argument follows keyword argument");
    hasNamed ||= isNamed;
  }
}

function checkParameters(list: SyntaxNode, fail: Fail): void {
  let hasDefault = false;
  for (const part of partsOf(list)) {
    const [first] = part;
    if (first === undefined || first.name === "/") continue;
    if (first.name === "*" || first.name === "**") return;
    const isDefault = part.some(isEquals);
    if (hasDefault && !isDefault) fail(first.from, "non-default argument follows default argument");
    hasDefault ||= isDefault;
  }
}
