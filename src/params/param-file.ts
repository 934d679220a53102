/** One parse, many edits: the usual edit (values exchanged) is a few splices; the others are worked out in rounds. */
import { SweeplineError } from "../base/errors.ts";
import { isMap, type Scalar, sameValue, type Value } from "../base/value.ts";
import { applyEdit, applyEdits, type EditContext, resolvedEdits } from "./apply-edits.ts";
import { listIndex } from "./child.ts";
import { changesBetween } from "./text/changes.ts";
import type { Format, FormatDocument } from "./text/format.ts";
import {
  applySplices,
  keyFor,
  type LocatedEntry,
  type LocatedMap,
  type LocatedNode,
  type LocatedScalar,
  plainValue,
  type Splice,
} from "./text/located.ts";
import { lineOf, problemAt } from "./text/source-text.ts";
import type { ParamEdit, ParamFile } from "./types.ts";

/** Whether the file is there, or where else there is one of its name. */
export type FileFound = Pick<EditContext, "state" | "above">;

/** A parsed text as a file to edit; `openParamFile` is the door for other folders. */
export function editable(format: Format, document: FormatDocument, found: FileFound): ParamFile {
  return new EditableFile(format, document, found);
}

/** Rounds of reading and changing after which an edit is given up; two are usual where anchors are involved. */
const maxRounds = 8;

class EditableFile implements ParamFile {
  readonly value: Value;
  private readonly scalars = new Map<string, LocatedScalar | undefined>();

  constructor(
    private readonly format: Format,
    private readonly document: FormatDocument,
    private readonly found: FileFound,
  ) {
    const root = document.root;
    const value = root === undefined ? new Map<Scalar, Value>() : plainValue(root);
    this.value = isEmptyValue(value) ? new Map<Scalar, Value>() : value;
  }

  get path(): string {
    return this.document.source.path;
  }

  apply(edits: readonly ParamEdit[]): Value {
    this.refuseUnreadable(edits);
    return applyEdits(this.value, edits, this.contextIn(this.document));
  }

  edit(edits: readonly ParamEdit[]): string {
    this.refuseUnreadable(edits);
    const splices = this.exchanges(edits);
    return splices === undefined ? this.rewrite(edits) : applySplices(this.document.source.text, splices);
  }

  /** A name that is there and has no value to read: an edit would add it once more, or say that it is missing. */
  private refuseUnreadable(edits: readonly ParamEdit[]): void {
    for (const { path, offset, what, accepts } of this.document.unreadable) {
      const refused = edits.filter(({ kind }) => accepts === "nothing" || (kind !== "add" && kind !== "force-add"));
      const isNamed = refused.some((edit) => path.every((segment, index) => edit.path[index] === segment));
      if (!isNamed || nodeAt(this.document.root, path, "references too") !== undefined) continue;
      throw problemAt(this.document.source, offset, {
        code: "PARAM_NOT_LITERAL",
        what: `'${path.join(".")}' ${what}, so it is no parameter and cannot be set`,
        hint: "Give it a number, string, list or other literal by hand, or set another parameter.",
      });
    }
  }

  /** The splices where all edits exchange single values for single values; undefined where one does more. */
  private exchanges(edits: readonly ParamEdit[]): Splice[] | undefined {
    const splices = new Map<number, Splice>();
    for (const edit of edits) {
      const splice = this.exchange(edit);
      if (splice === undefined) return undefined;
      // The last edit of a value counts.
      splices.set(splice.start, splice);
    }
    return [...splices.values()];
  }

  private exchange(edit: ParamEdit): Splice | undefined {
    if (edit.kind !== "change" && edit.kind !== "force-add") return undefined;
    const value = edit.value;
    if (value === undefined || (typeof value === "object" && value !== null)) return undefined;
    if (typeof value === "string" && (value === "???" || value.includes("${"))) return undefined;
    const node = this.scalarAt(edit.path);
    if (node === undefined) return undefined;
    if (sameValue(node.value, value)) return { start: node.start, end: node.start, text: "" };
    const text = this.document.replaceScalar(node, value as Scalar);
    return text === undefined ? undefined : { start: node.start, end: node.end, text };
  }

  private scalarAt(path: readonly string[]): LocatedScalar | undefined {
    const id = path.join("\u0000");
    if (this.scalars.has(id)) return this.scalars.get(id);
    const node = nodeAt(this.document.root, path, "own text only");
    const scalar = node?.kind === "scalar" ? node : undefined;
    this.scalars.set(id, scalar);
    return scalar;
  }

  private contextIn(document: FormatDocument): EditContext {
    return { describe: (path) => this.describe(document, path), file: this.path, ...this.found };
  }

  private describe(document: FormatDocument, path: readonly string[]): string {
    for (let depth = path.length; depth > 0; depth--) {
      const node = nodeAt(document.root, path.slice(0, depth), "references too");
      if (node !== undefined) return `${this.path}, line ${lineOf(document.source.text, node.start)}`;
    }
    return this.path;
  }

  private rewrite(edits: readonly ParamEdit[]): string {
    const resolved = resolvedEdits(this.value, edits, this.contextIn(this.document));
    return resolved.reduce((document, edit) => this.rewriteOne(document, edit), this.document).source.text;
  }

  private rewriteOne(document: FormatDocument, edit: ParamEdit): FormatDocument {
    const before = document === this.document ? this.value : currentValue(document);
    const target = applyEdit(before, edit, this.contextIn(document));
    return this.reach(this.withoutItem(document, edit), target, edit);
  }

  /** An item taken out of a list: of several that are equal it must be the one that was named, with its comment. */
  private withoutItem(document: FormatDocument, edit: ParamEdit): FormatDocument {
    const list = edit.kind === "delete" ? nodeAt(document.root, edit.path.slice(0, -1), "own text only") : undefined;
    if (list?.kind !== "list" || list.isReference || list.items.length < 2) return document;
    const from = listIndex(edit.path.at(-1) ?? "", list.items.length);
    if (from === undefined) return document;
    const splices = document.splices([{ kind: "remove-items", list, from, count: 1 }]);
    return this.format.open({ path: this.path, text: applySplices(document.source.text, splices) });
  }

  /** Changes the text until it reads as `target`. More than one round: what references repeat shows only when read again. */
  private reach(document: FormatDocument, target: Value, edit: ParamEdit): FormatDocument {
    let current = document;
    for (let round = 0; round < maxRounds; round++) {
      const text = this.nextText(current, target);
      if (text === undefined) return current;
      current = this.format.open({ path: this.path, text });
    }
    throw cannotEdit(this.path, edit);
  }

  private nextText(document: FormatDocument, target: Value): string | undefined {
    const root = document.root;
    if (root === undefined || (isEmptyValue(plainValue(root)) && root.kind !== "map"))
      return isMap(target) && target.size === 0 ? undefined : document.withEntries(target);
    const changes = changesBetween(root, target);
    return changes.length === 0 ? undefined : applySplices(document.source.text, document.splices(changes));
  }
}

function cannotEdit(path: string, edit: ParamEdit): SweeplineError {
  return new SweeplineError({
    code: "PARAM_EDIT_IMPOSSIBLE",
    message: `cannot make the change '${edit.text}' in '${path}' and leave the rest as it is`,
    hint: "Change the file by hand, and report it: this is a gap in sweepline.",
  });
}

function currentValue(document: FormatDocument): Value {
  const value = document.root === undefined ? new Map<Scalar, Value>() : plainValue(document.root);
  return isEmptyValue(value) ? new Map<Scalar, Value>() : value;
}

function isEmptyValue(value: Value): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

const indexes = new WeakMap<LocatedMap, ReadonlyMap<Scalar, LocatedEntry>>();

/** The entries of a mapping by key (the first of each), remembered: one look for each edit, not one walk. */
function entriesByKey(map: LocatedMap): ReadonlyMap<Scalar, LocatedEntry> {
  const known = indexes.get(map);
  if (known !== undefined) return known;
  const entries = new Map<Scalar, LocatedEntry>();
  for (const entry of map.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  indexes.set(map, entries);
  return entries;
}

function nodeAt(
  root: LocatedNode | undefined,
  path: readonly string[],
  reach: "own text only" | "references too",
): LocatedNode | undefined {
  let node = root;
  for (const segment of path) {
    if (node === undefined || (node.isReference && reach === "own text only")) return undefined;
    if (node.kind === "scalar") return undefined;
    if (node.kind === "list") {
      node = /^-?\d+$/.test(segment) ? node.items.at(Number(segment)) : undefined;
      continue;
    }
    const entries = entriesByKey(node);
    const key = keyFor(segment, (candidate) => entries.has(candidate));
    const entry = key === undefined ? undefined : entries.get(key);
    if (entry?.origin === "merged" && reach === "own text only") return undefined;
    node = key === undefined ? undefined : entry?.node;
  }
  return node;
}
