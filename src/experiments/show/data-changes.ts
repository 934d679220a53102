/** How tracked data differs between two places; folders by their name with "/", their files one by one (dvc_data/index/diff.py). */
import { compareCodePoints } from "../../base/python.ts";
import { isTreeHash } from "../../store/tree.ts";
import type { DataIndex, IndexedData } from "./data-index.ts";

export interface DataChange {
  /** unknown: in a folder of which nobody knows what it held. */
  readonly kind: "added" | "deleted" | "modified" | "renamed" | "unchanged" | "unknown";
  /** Of what is renamed: the new one. */
  readonly path: string;
  readonly oldPath?: string;
  readonly old: string | undefined;
  readonly new: string | undefined;
}

export interface ChangesRequest {
  /** roots: outputs only. */
  readonly depth: "roots" | "files";
  /** Paths relative to the project's root, and what lies below them; undefined: everything. */
  readonly targets: readonly string[] | undefined;
}

function isWithin(name: string, targets: readonly string[] | undefined): boolean {
  const own = name.replace(/\/$/, "");
  return targets === undefined || targets.some((target) => own === target || own.startsWith(`${target}/`));
}

function shown(name: string, md5: string): string {
  return isTreeHash(md5) ? `${name}/` : name;
}

function compare(name: string, old: string | undefined, now: string | undefined): DataChange {
  const path = shown(name, now ?? old ?? "");
  if (old === undefined) return { kind: "added", path, old, new: now };
  if (now === undefined) return { kind: "deleted", path, old, new: now };
  return { kind: old === now ? "unchanged" : "modified", path, old, new: now };
}

const noFiles: ReadonlyMap<string, string> = new Map();

/** undefined: its list is not to be had. */
function filesOf(data: IndexedData | undefined): ReadonlyMap<string, string> | undefined {
  return data === undefined || !isTreeHash(data.md5) ? noFiles : data.files;
}

/** What is in a folder now, its folders too, where nobody knows what was. */
function unknownIn(name: string, files: ReadonlyMap<string, string>): readonly DataChange[] {
  const folders = new Map<string, undefined>();
  for (const file of files.keys())
    for (let at = file.lastIndexOf("/"); at > 0; at = file.lastIndexOf("/", at - 1))
      folders.set(file.slice(0, at + 1), undefined);
  return [...folders, ...files].map(([inside, md5]) => ({
    kind: "unknown",
    path: `${name}/${inside}`,
    old: undefined,
    new: md5,
  }));
}

function changesAt(name: string, old: IndexedData | undefined, now: IndexedData | undefined): readonly DataChange[] {
  const before = filesOf(old);
  const after = filesOf(now);
  if (after === undefined) return [];
  if (before === undefined) return unknownIn(name, after);
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].map((file) => compare(`${name}/${file}`, before.get(file), after.get(file)));
}

/** What was deleted and comes again with the same content, each once, in the order of names. */
function withRenames(changes: readonly DataChange[]): readonly DataChange[] {
  const deleted = new Map<string, DataChange[]>();
  for (const change of changes)
    if (change.kind === "deleted" && change.old !== undefined)
      deleted.set(change.old, [...(deleted.get(change.old) ?? []), change]);
  const gone = new Set<DataChange>();
  const renamed = changes.map((change): DataChange => {
    const from = change.kind === "added" ? deleted.get(change.new ?? "")?.shift() : undefined;
    if (from === undefined) return change;
    gone.add(from);
    return { kind: "renamed", path: change.path, oldPath: from.path, old: from.old, new: change.new };
  });
  return renamed.filter((change) => !gone.has(change));
}

/** All entries of both, by path; those that are the same too. */
export function dataChanges(old: DataIndex, now: DataIndex, { depth, targets }: ChangesRequest): readonly DataChange[] {
  const names = [...new Set([...old.keys(), ...now.keys()])];
  const all = names.flatMap((name) => {
    const [before, after] = [old.get(name), now.get(name)];
    const own = compare(name, before?.md5, after?.md5);
    return depth === "roots" ? [own] : [own, ...changesAt(name, before, after)];
  });
  const wanted = all.filter(({ path }) => isWithin(path, targets));
  return withRenames(wanted.sort((a, b) => compareCodePoints(a.oldPath ?? a.path, b.oldPath ?? b.path)));
}
