/** `.dvc` files: one tracked file or folder each, written beside it. */
import { SweeplineError } from "../base/errors.ts";
import { readIfExists, writeAtomic } from "../base/files.ts";
import type { Scalar, Value } from "../base/value.ts";
import { dumpYaml } from "../yaml/ruamel.ts";
import type { DataHash } from "./hash.ts";

/** The hash of a folder whose size may not be known. */
export type FolderHash = Omit<DataHash, "size"> & { readonly size?: number };

function hashFields(hash: FolderHash): [string, Value][] {
  const fields: [string, Value][] = [["md5", hash.md5]];
  if (hash.size !== undefined) fields.push(["size", BigInt(hash.size)]);
  if (hash.nfiles !== undefined) fields.push(["nfiles", BigInt(hash.nfiles)]);
  if (hash.isexec === true) fields.push(["isexec", true]);
  fields.push(["hash", "md5"]);
  return fields;
}

/** The text of a new .dvc file, as DVC writes it. `name` is relative to the file's folder. */
export function formatDvcFile(name: string, hash: FolderHash): string {
  return dumpYaml(new Map([["outs", [new Map<Scalar, Value>([...hashFields(hash), ["path", name]])]]]));
}

const ownFields: ReadonlySet<string> = new Set(["md5", "size", "nfiles", "isexec", "hash"]);

/** A key of an output, and a comment behind its value. */
const fieldPattern = /^(?:- | {2})(\w+):(?:.*?)(\s+#.*)?$/;

/** The lines of an output with these fields in it: those that are there keep their places and comments, others follow. */
function withFields(lines: readonly string[], hash: FolderHash): readonly string[] {
  const wanted = new Map(
    hashFields(hash).map(([key, value]) => [key, dumpYaml(new Map([[key, value]])).trimEnd()] as const),
  );
  const kept = lines.flatMap((line) => {
    const [, key = "", comment = ""] = fieldPattern.exec(line) ?? [];
    if (!ownFields.has(key)) return [line.slice(2)];
    const field = wanted.get(key);
    wanted.delete(key);
    return field === undefined ? [] : [field + comment];
  });
  return [...kept, ...wanted.values()].map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
}

/**
 * The text of a .dvc file with the hash of its only output replaced; other keys, comments and order stay. Undefined where
 * the text is not in the style that DVC writes.
 */
export function replaceHash(text: string, hash: FolderHash): string | undefined {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^outs:\s*(?:#.*)?$/.test(line)) + 1;
  if (start === 0 || !lines[start]?.startsWith("- ")) return undefined;
  let end = start + 1;
  while (lines[end]?.startsWith("  ")) end++;
  if (lines[end]?.startsWith("- ")) return undefined;
  return [...lines.slice(0, start), ...withFields(lines.slice(start, end), hash), ...lines.slice(end)].join("\n");
}

/** Writes or updates the .dvc file of a target; the same content is not written again. Throws DVC_FILE_UNUSUAL. */
export function writeDvcFile(file: string, name: string, hash: FolderHash): void {
  const before = readIfExists(file)?.toString("utf8");
  const after = before === undefined ? formatDvcFile(name, hash) : replaceHash(before, hash);
  if (after === undefined)
    throw new SweeplineError({
      code: "DVC_FILE_UNUSUAL",
      message: `'${file}' is not written as DVC writes it, so it can't be updated`,
      hint: "Remove it and add the data again.",
    });
  if (after !== before) writeAtomic(file, after);
}
