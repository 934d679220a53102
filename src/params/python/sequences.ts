/** Changes of tuples and sets: they stay what they are, and the items that a change does not name keep their text. */
import type { Value } from "../../base/value.ts";
import { findComma } from "../text/bracketed.ts";
import { bracketSplices, type Dialect } from "../text/bracketed-edits.ts";
import type { Change } from "../text/changes.ts";
import type { Splice } from "../text/located.ts";
import type { PythonNode } from "./literal.ts";

type Sequence = Extract<PythonNode, { kind: "list" }>;

/** The splices of a change of what is written as a literal. */
export function sequenceSplices(text: string, change: Change, dialect: Dialect): Splice[] {
  const node = sequenceOf(change);
  if (node === undefined) return bracketSplices(text, change, dialect);
  if (change.kind === "set" && Array.isArray(change.value))
    return [{ start: node.start, end: node.end, text: sequenceText(node, change.value, dialect) }];
  if (change.kind === "add-items") {
    if (node.items.length === 0)
      return [{ start: node.start, end: node.end, text: sequenceText(node, change.values, dialect) }];
    if (node.extra.sequence === "bare tuple") return [addBare(node, change, dialect)];
  }
  if (change.kind === "remove-items") {
    const kept = node.items.toSpliced(change.from, change.count);
    const [only] = kept;
    if (kept.length === 1 && only !== undefined && node.extra.sequence !== "set") return leaveOne(text, node, only);
    if (node.extra.sequence === "bare tuple") return [removeBare(node, change)];
  }
  return bracketSplices(text, change, dialect);
}

/** The tuple or set that a change is about. */
function sequenceOf(change: Change): Sequence | undefined {
  const holder = change.kind === "set" ? change.node : "list" in change ? change.list : undefined;
  const node = holder as PythonNode | undefined;
  if (node?.kind !== "list" || node.extra.sequence === "list") return undefined;
  return node;
}

function sequenceText(node: Sequence, values: readonly Value[], dialect: Dialect): string {
  const list = values.map((value) => dialect.value(value)).join(", ");
  // Python has no literal for an empty set.
  if (node.extra.sequence === "set") return values.length === 0 ? "[]" : `{${list}}`;
  return `(${list}${values.length === 1 ? "," : ""})`;
}

function addBare(node: Sequence, change: Extract<Change, { kind: "add-items" }>, dialect: Dialect): Splice {
  const added = change.values.map((value) => dialect.value(value)).join(", ");
  const next = node.items[change.at];
  if (next !== undefined) return { start: next.start, end: next.start, text: `${added}, ` };
  const end = node.items.at(-1)?.end ?? node.end;
  return { start: end, end, text: `, ${added}` };
}

function removeBare(node: Sequence, { from, count }: Extract<Change, { kind: "remove-items" }>): Splice {
  const start = node.items[from]?.start ?? node.start;
  const next = node.items[from + count];
  if (next !== undefined) return { start, end: next.start, text: "" };
  return {
    start: node.items[from - 1]?.end ?? start,
    end: node.items[from + count - 1]?.end ?? node.end,
    text: "",
  };
}

/** A tuple of one item needs its comma. Comments stay. */
function leaveOne(text: string, node: Sequence, item: PythonNode): Splice[] {
  const inside = node.extra.sequence === "bare tuple" ? 0 : 1;
  const close = node.end - inside;
  if (!text.slice(node.start, close).includes("#"))
    return [
      { start: node.start + inside, end: item.start, text: "" },
      { start: item.end, end: close, text: "," },
    ];
  const cuts = node.items
    .filter((other) => other !== item)
    .map(({ start, end }) => ({ start, end: (findComma(text, end, close) ?? end - 1) + 1, text: "" }));
  const hasComma = findComma(text, item.end, close) !== undefined;
  return hasComma ? cuts : [...cuts, { start: item.end, end: item.end, text: "," }];
}
