/** Which lines of .dvcignore files are for a path: for who asks why it is ignored. */
import path from "node:path";
import { readIfExists } from "../base/files.ts";
import { insideFolder, relativePosix } from "../base/paths.ts";
import { readIgnoreLine } from "./ignore-line.ts";
import { defaultIgnoreLines } from "./ignore-rules.ts";

export interface IgnoreReason {
  /** `.dvcignore:3`; "" for what no file says. */
  readonly place: string;
  readonly line: string;
  readonly negated: boolean;
}

interface PlacedLine {
  readonly place: string;
  readonly text: string;
  /** Absolute: what the line is relative to. */
  readonly folder: string;
}

function linesOf(root: string, folder: string): readonly PlacedLine[] {
  const file = path.join(folder, ".dvcignore");
  const lines = readIfExists(file)?.toString("utf8").split("\n") ?? [];
  const name = relativePosix(root, file);
  return lines.map((line, at) => ({ place: `${name}:${at + 1}`, text: line.trim(), folder }));
}

/** Folders from the root down to that of the target. */
function foldersTo(root: string, target: string): readonly string[] {
  const above = path.dirname(target);
  return above.length < root.length ? [] : [...foldersTo(root, above), above];
}

/**
 * All lines that are for the path or a folder above it, in the order in which they count: the last decides. None for what
 * lies outside of the project.
 */
export function ignoreReasons(root: string, target: string, kind: "file" | "folder"): readonly IgnoreReason[] {
  if (!insideFolder(root, target)) return [];
  const own = defaultIgnoreLines.map((text): PlacedLine => ({ place: "", text, folder: root }));
  const lines = [...own, ...foldersTo(root, target).flatMap((folder) => linesOf(root, folder))];
  return lines.flatMap(({ place, text, folder }) => {
    const line = readIgnoreLine(text);
    const parts = relativePosix(folder, target).split("/");
    const isFor = parts.some((_, at) => {
      const isFolder = at < parts.length - 1 || kind === "folder";
      return line !== undefined && (isFolder || !line.foldersOnly) && line.matches(parts.slice(0, at + 1));
    });
    return line !== undefined && isFor ? [{ place, line: text, negated: line.negated }] : [];
  });
}
