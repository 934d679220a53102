/** What is known of nodes and texts once and for all points of a sweep: nodes never change. */
import { hasInterpolation, parseInterpolation } from "../../grammar/config-interpolation/parse.ts";
import type { ConfigNode } from "./types.ts";

/** Parsed texts, shared by all points of a sweep: the same few texts come again and again. */
const parsed = new Map<string, ReturnType<typeof parseInterpolation>>();
const maxParsed = 10_000;

export function parseOnce(text: string): ReturnType<typeof parseInterpolation> {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (parsed.size >= maxParsed) parsed.clear();
  const result = parseInterpolation(text);
  parsed.set(text, result);
  return result;
}

/** Whether there is anything to resolve in a node. Nodes never change, so that the answer holds for all who share it. */
const openNodes = new WeakMap<ConfigNode, boolean>();

export function isOpen(node: ConfigNode): boolean {
  if (node.kind === "scalar") return typeof node.value === "string" && hasInterpolation(node.value);
  const known = openNodes.get(node);
  if (known !== undefined) return known;
  const open = node.kind === "list" ? node.items.some(isOpen) : [...node.entries.values()].some(isOpen);
  openNodes.set(node, open);
  return open;
}

const sizes = new WeakMap<ConfigNode, number>();

export function sizeOf(node: ConfigNode): number {
  if (node.kind === "scalar") return 1;
  const known = sizes.get(node);
  if (known !== undefined) return known;
  const items = node.kind === "list" ? node.items : [...node.entries.values()];
  const size = items.reduce((sum, item) => sum + sizeOf(item), 1);
  sizes.set(node, size);
  return size;
}
