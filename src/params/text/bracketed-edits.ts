/** Changes of values that stand between brackets, for formats whose containers all do (JSON; TOML's and Python's inline ones). */
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";
import { type Brackets, insertIntoBrackets, removeFromBrackets } from "./bracketed.ts";
import type { Change } from "./changes.ts";
import type { FormatDocument } from "./format.ts";
import type { LocatedNode, Splice } from "./located.ts";
import { runsOf } from "./runs.ts";

/** How a format writes values on one line. */
export interface Dialect {
  value(value: Value): string;
  entry(key: Scalar, value: Value): string;
}

/** The splice that exchanges one single value for another, in the quotes that stand there. */
export function scalarExchange(change: Change, document: Pick<FormatDocument, "replaceScalar">): Splice | undefined {
  if (change.kind !== "set" || change.node.kind !== "scalar") return undefined;
  const { node, value } = change;
  if (isList(value) || isMap(value)) return undefined;
  const text = document.replaceScalar(node, value as Scalar);
  return text === undefined ? undefined : { start: node.start, end: node.end, text };
}

/** The splices of one change within brackets. */
export function bracketSplices(text: string, change: Change, dialect: Dialect): Splice[] {
  switch (change.kind) {
    case "set":
      return [{ start: change.node.start, end: change.node.end, text: dialect.value(change.value) }];
    case "add-keys": {
      const additions = change.entries.map(([key, value]) => dialect.entry(key, value));
      return insertIntoBrackets(bracketsOf(text, change.map), change.map.entries.length, additions);
    }
    case "add-items":
      return insertIntoBrackets(
        bracketsOf(text, change.list),
        change.at,
        change.values.map((value) => dialect.value(value)),
      );
    case "remove-items":
      return removeFromBrackets(bracketsOf(text, change.list), change.from, change.count);
    case "remove-keys": {
      const brackets = bracketsOf(text, change.map);
      const indices = change.entries.map((entry) => change.map.entries.indexOf(entry));
      return runsOf(indices).flatMap(([first, last]) => removeFromBrackets(brackets, first, last - first + 1));
    }
  }
}

/** The brackets of a mapping or list and what stands between them. */
function bracketsOf(text: string, node: LocatedNode): Brackets {
  const spans = node.kind === "map" ? node.entries.map((entry) => ({ start: entry.start, end: entry.node.end })) : [];
  const items = node.kind === "list" ? node.items : spans;
  return { text, open: node.start, close: node.end - 1, spans: items };
}
