/** Nodes of a config: made from values and files, turned into plain values, looked up by path. */
import { isList, isMap, type Scalar, type Value } from "../base/value.ts";
import type { SourceText } from "../params/config-file.ts";
import type { LocatedEntry, LocatedNode } from "../params/text/located.ts";
import type { ConfigNode, ListNode, MapNode, Path, ScalarNode, Source } from "./types.ts";

export function scalarNode(value: Scalar, source: Source): ScalarNode {
  return { kind: "scalar", value, source };
}

export function mapNode(entries: ReadonlyMap<Scalar, ConfigNode>, source: Source): MapNode {
  return { kind: "map", entries, source };
}

export function listNode(items: readonly ConfigNode[], source: Source): ListNode {
  return { kind: "list", items, source };
}

/** A value whose parts all come from one place: an override, a resolver's result. */
export function nodeOf(value: Value, source: Source): ConfigNode {
  if (isMap(value)) return mapNode(new Map([...value].map(([key, item]) => [key, nodeOf(item, source)])), source);
  if (isList(value))
    return listNode(
      value.map((item) => nodeOf(item, source)),
      source,
    );
  return scalarNode(value, source);
}

/** The values of a file, each with its place. */
export function nodeOfFile(node: LocatedNode, file: SourceText): ConfigNode {
  const source: Source = { kind: "file", file, offset: node.start };
  if (node.kind === "scalar") return scalarNode(node.value, source);
  if (node.kind === "list")
    return listNode(
      node.items.map((item) => nodeOfFile(item, file)),
      source,
    );
  const entries = node.entries.map((entry) => [entry.key, atKey(nodeOfFile(entry.node, file), file, entry)] as const);
  return mapNode(new Map(entries), source);
}

/** A value stands where its key does: an empty one has no place of its own. */
function atKey(node: ConfigNode, file: SourceText, { origin, start }: LocatedEntry): ConfigNode {
  return origin === "merged" ? node : { ...node, source: { kind: "file", file, offset: start } };
}

export function plainNode(node: ConfigNode): Value {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainNode);
  const plain = new Map<Scalar, Value>();
  for (const [key, item] of node.entries) plain.set(key, plainNode(item));
  return plain;
}

/** The key of a mapping that a segment names: the text, else the integer written so (Hydra 1.4; 1.3 adds a second key). */
export function keyIn({ entries }: MapNode, segment: Scalar): Scalar {
  if (typeof segment !== "string" || entries.has(segment) || !/^(?:0|-?[1-9]\d{0,18})$/.test(segment)) return segment;
  const integer = BigInt(segment);
  return entries.has(integer) ? integer : segment;
}

/** The node one step down; a list's key is an index, as number text or bigint. */
export function childOf(node: ConfigNode | undefined, key: Scalar): ConfigNode | undefined {
  if (node?.kind === "map") return node.entries.get(keyIn(node, key));
  if (node?.kind !== "list" || !/^\d{1,9}$/.test(String(key))) return undefined;
  return node.items[Number(key)];
}

export function nodeAt(root: ConfigNode, path: Path): ConfigNode | undefined {
  return path.reduce<ConfigNode | undefined>(childOf, root);
}

/** `a.b`, `a[b].c`: the keys of a dotted path. */
export function splitKey(key: string): readonly string[] {
  return key
    .replaceAll("]", "")
    .split(/[.[]/)
    .filter((part, index) => part !== "" || index > 0);
}

/** The text of a value that is missing until somebody gives it. */
const missingValue = "???";

export function isMissing(node: ConfigNode): boolean {
  return node.kind === "scalar" && node.value === missingValue;
}
