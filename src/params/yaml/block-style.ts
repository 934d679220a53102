/** How a YAML file is laid out, so that what is added looks like what is there. */
import type { BlockStyle } from "./emit.ts";
import type { YamlNode } from "./parse.ts";

/** The first nested mapping and the first nested list set the style; a file without any gets two spaces and flush lists. */
export function blockStyleOf(text: string, root: YamlNode | undefined): BlockStyle {
  const found: Found = {};
  if (root !== undefined) look(root, found);
  const newline = text.indexOf("\n");
  const eol = newline > 0 && text[newline - 1] === "\r" ? "\r\n" : "\n";
  const indent = found.indent ?? (found.listIndent || 2);
  const listIndent = found.listIndent ?? 0;
  return { indent, lists: listIndent > 0 ? "indented" : "flush", listIndent, eol };
}

interface Found {
  indent?: number;
  listIndent?: number;
}

function look(node: YamlNode, found: Found): void {
  if (node.kind === "scalar" || node.isReference || node.extra.style !== "block") return;
  if (found.indent !== undefined && found.listIndent !== undefined) return;
  const { holder, column } = node.extra;
  if (holder.kind === "key" && node.kind === "map" && column > holder.column) found.indent ??= column - holder.column;
  if (holder.kind === "key" && node.kind === "list") found.listIndent ??= Math.max(0, column - holder.column);
  if (node.kind === "map") for (const entry of node.entries) if (entry.origin === "own") look(entry.node, found);
  if (node.kind === "list") for (const item of node.items) look(item, found);
}
