/**
 * What overrides mean for values, whatever the format: the rules of OmegaConf as Hydra 1.3 applies them (structs: a
 * change never adds a key), with the list indices of Hydra 1.4. Values are never changed in place.
 */

import type { ErrorCode } from "../base/error-codes.ts";
import { SweeplineError } from "../base/errors.ts";
import { pythonRepr } from "../base/python.ts";
import { nearest } from "../base/text/nearest.ts";
import { isList, isMap, type Scalar, sameValue, type Value, type ValueMap } from "../base/value.ts";
import { listIndex, valueAtPath } from "./child.ts";
import { defaultParamsFile } from "./default-file.ts";
import { hasInterpolation, resolveInterpolations } from "./interpolation.ts";
import { keyFor } from "./text/located.ts";
import type { ParamEdit } from "./types.ts";

/** Names the place of a path in the file for a message: `params.yaml, line 4`. */
export type DescribePlace = (path: readonly string[]) => string;

export interface EditContext {
  /** The file as an override names it: `conf/p.json`. */
  readonly file: string;
  /** "missing": the file is made by the first key that is added. */
  readonly state: "there" | "missing";
  /** Of one that is missing: the nearest of that name in a folder above, as an override would name it. */
  readonly above?: string;
  readonly describe: DescribePlace;
}

/** While edits are made: the maps and lists that they made themselves, which the next one may change in place. */
interface Editing extends EditContext {
  readonly made: WeakSet<object>;
}

/** The map to change: the same one where it is ours, else a copy. */
function ownMap(map: ValueMap, { made }: Editing): Map<Scalar, Value> {
  const own = made.has(map) ? (map as Map<Scalar, Value>) : new Map(map);
  made.add(own);
  return own;
}

function ownList(list: readonly Value[], { made }: Editing): Value[] {
  const own = made.has(list) ? (list as Value[]) : [...list];
  made.add(own);
  return own;
}

/** The value after the edits, in order. Throws SweeplineError (code PARAM_...) for the first that does not fit. */
export function applyEdits(root: Value, edits: readonly ParamEdit[], context: EditContext): Value {
  return applyInOrder(root, resolvedEdits(root, edits, context), context);
}

function applyInOrder(root: Value, edits: readonly ParamEdit[], context: EditContext): Value {
  const editing = { ...context, made: new WeakSet() };
  return edits.reduce((value, edit) => applyOne(value, edit, editing), root);
}

/** The edits with `${...}` in their values resolved against what the file holds after all of them. */
export function resolvedEdits(root: Value, edits: readonly ParamEdit[], context: EditContext): readonly ParamEdit[] {
  const isOpen = (edit: ParamEdit): boolean => edit.kind !== "delete" && hasInterpolation(edit.value);
  if (!edits.some(isOpen)) return edits;
  const after = applyInOrder(root, edits, context);
  return edits.map((edit) => {
    if (!isOpen(edit) || edit.value === undefined) return edit;
    const resolving = { root: after, text: edit.text, env: process.env };
    return { ...edit, value: resolveInterpolations(edit.value, edit.path, resolving) };
  });
}

/** The value after one edit. */
export function applyEdit(root: Value, edit: ParamEdit, context: EditContext): Value {
  return applyInOrder(root, [edit], context);
}

function applyOne(root: Value, edit: ParamEdit, context: Editing): Value {
  if (!isMap(root) && !isList(root))
    throw refuse({ edit, context }, "PARAM_NOT_A_MAPPING", { reason: "the file holds no mapping" });
  if (edit.kind === "delete") return deleteAt(root, edit, context);
  if (edit.kind === "extend-list") return extendAt(root, edit, context);
  const value = requireValue(edit, context);
  if (edit.kind === "add") refuseWhereTaken(root, edit, context);
  return setAt({ root, edit, context, value });
}

function requireValue(edit: ParamEdit, context: EditContext): Value {
  if (edit.value === undefined)
    throw refuse({ edit, context }, "PARAM_NO_VALUE", { reason: `'${edit.text}' has no value` });
  if (edit.value === "???")
    throw refuse({ edit, context }, "PARAM_MISSING_VALUE", {
      reason: `'???' marks a missing value and cannot be set: '${edit.text}'`,
    });
  if (holdsNullKey(edit.value))
    throw refuse({ edit, context }, "PARAM_BAD_KEY", {
      reason: `Error merging override ${edit.text}: Incompatible key type 'NoneType'`,
      hint: "null can be no key; the text 'null' can, in quotes.",
    });
  return edit.value;
}

function holdsNullKey(value: Value): boolean {
  if (isList(value)) return value.some(holdsNullKey);
  return isMap(value) && [...value].some(([key, item]) => key === null || holdsNullKey(item));
}

function dotted(path: readonly string[]): string {
  return path.join(".");
}

/** An override as it is to be typed: the default file (DVC's) needs no name. */
function withFile(context: EditContext, text: string): string {
  return context.file === defaultParamsFile ? text : `${context.file}:${text}`;
}

function whereLooked(edit: ParamEdit, context: EditContext): string {
  if (context.state === "there") return `Looked in ${context.describe(edit.path)}.`;
  const missing = `The file '${context.file}' does not exist`;
  const { above } = context;
  return above === undefined
    ? `${missing}.`
    : `${missing} in this folder, but '${above}' does: go there (cd), or say ${above}:${edit.text}`;
}

interface Attempt {
  readonly edit: ParamEdit;
  readonly context: EditContext;
}

interface Refusal {
  readonly reason: string;
  /** Default: where was looked. */
  readonly hint?: string;
}

function refuse({ edit, context }: Attempt, code: ErrorCode, { reason, hint }: Refusal): SweeplineError {
  const message = `Invalid override: ${reason}`;
  return new SweeplineError({ code, message, hint: hint ?? whereLooked(edit, context) });
}

/** Hydra's rule: `+` may not meet a value, except null, or where a mapping or list is added (those are merged in or replace). */
function refuseWhereTaken(root: Value, edit: ParamEdit, context: EditContext): void {
  const present = valueAtPath(root, edit.path);
  if (present === undefined || present === null || isMap(edit.value) || isList(edit.value)) return;
  const key = dotted(edit.path);
  throw refuse({ edit, context }, "PARAM_EXISTS", {
    reason: `Could not append to config. An item is already at '${key}'.\nEither remove + prefix: '${withFile(context, edit.text.slice(1))}'\nOr add a second + to add or override '${key}': '${withFile(context, `+${edit.text}`)}'`,
    hint: `It is ${shortRepr(present)} (${context.describe(edit.path)}).`,
  });
}

function shortRepr(value: Value): string {
  const text = pythonRepr(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

interface Setting extends Attempt {
  readonly context: Editing;
  readonly root: Value;
  readonly value: Value;
}

function setAt(setting: Setting): Value {
  return setBelow(setting, setting.root, 0);
}

/** `current` with the edit's value at path[depth...]. Anything that is no container gives way to one when keys may be added. */
function setBelow(setting: Setting, current: Value | undefined, depth: number): Value {
  const { edit } = setting;
  const segment = edit.path[depth];
  if (segment === undefined) return mergeInto(setting, current, edit.path);
  if (isList(current)) {
    const index = listIndex(segment, current.length);
    if (index === undefined) throw badIndex(setting, segment, current.length);
    const list = ownList(current, setting.context);
    list[index] = setBelow(setting, current[index], depth + 1);
    return list;
  }
  const holder: ValueMap = isMap(current) ? current : new Map();
  const key = keyFor(segment, (candidate) => holder.has(candidate));
  if (key === undefined && edit.kind === "change") throw notInStruct(setting, current, depth);
  const map = ownMap(holder, setting.context);
  map.set(key ?? segment, setBelow(setting, key === undefined ? undefined : holder.get(key), depth + 1));
  return map;
}

function badIndex({ edit, context }: Attempt, segment: string, length: number): SweeplineError {
  const isNumber = /^-?\d+$/.test(segment);
  const reason = isNumber ? "list index out of range" : `Index '${segment}' (str) is not an int`;
  const last = length === 0 ? "The list is empty" : `The list has the indices 0 to ${length - 1}`;
  const hint = `${last} (${context.describe(edit.path)}). To append, use extend_list(...).`;
  return refuse({ edit, context }, "PARAM_BAD_INDEX", {
    reason: `Error merging override ${edit.text}: ${reason}`,
    hint,
  });
}

function notInStruct(setting: Setting, holder: Value | undefined, depth: number): SweeplineError {
  const { edit, context } = setting;
  const missing = edit.path[depth] ?? "";
  const above = edit.path.slice(0, depth);
  const place = context.describe(above);
  const keys = isMap(holder) ? [...holder.keys()].map(String) : [];
  const meant = meantText(
    setting,
    nearest(missing, keys).map((near) => dotted([...above, near])),
  );
  const where = above.length === 0 ? place : `'${dotted(above)}' (${place})`;
  const advice = withFile(context, `+${edit.text.replace(/^\++/, "")}`);
  const reason = `Could not override '${dotted(edit.path)}'.\nTo append to your config use ${advice}`;
  if (context.state === "missing") return refuse({ edit, context }, "PARAM_UNKNOWN_KEY", { reason });
  return refuse({ edit, context }, "PARAM_UNKNOWN_KEY", {
    reason,
    hint: `Key '${missing}' is not in ${where}.${meant}`,
  });
}

const mostMeant = 3;

/** What the user may have meant: a key that is deeper in the file, else one that is spelled alike. */
function meantText({ root, edit }: Setting, near: readonly string[]): string {
  const deeper = pathsEndingIn(root, edit.path).map(dotted).slice(0, mostMeant);
  const meant = deeper.length > 0 ? deeper : near.slice(0, 1);
  return meant.length === 0 ? "" : ` Did you mean ${meant.map((path) => `'${path}'`).join(" or ")}?`;
}

/** Where in the file a path is found below other keys: `train.lr` for `lr`. */
function pathsEndingIn(value: Value | undefined, path: readonly string[], above: readonly string[] = []): string[][] {
  if (!isMap(value)) return [];
  return [...value].flatMap(([key, inner]) => {
    const at = [...above, String(key)];
    const found = valueAtPath(inner, path) === undefined ? [] : [[...at, ...path]];
    return [...found, ...pathsEndingIn(inner, path, at)];
  });
}

/** A mapping merges into a mapping; a list, a scalar or null replaces. A mapping and a list never meet (OmegaConf refuses). */
function mergeInto(setting: Setting, current: Value | undefined, path: readonly string[]): Value {
  const { edit, context, value } = setting;
  if (isMap(value) && isMap(current)) return mergeMaps({ setting, base: current, change: value, path });
  if ((isMap(value) && isList(current)) || (isList(value) && isMap(current))) throw cannotMerge(edit, context, path);
  return value;
}

function cannotMerge(edit: ParamEdit, context: EditContext, path: readonly string[]): SweeplineError {
  const hint = `'${dotted(path)}' (${context.describe(path)}) is of the other kind: delete it first (~${dotted(path)}), then add it.`;
  const reason = `Error merging override ${edit.text}: Cannot merge DictConfig with ListConfig`;
  return refuse({ edit, context }, "PARAM_KIND_CONFLICT", { reason, hint });
}

interface MapMerge {
  readonly setting: Setting;
  readonly base: ValueMap;
  readonly change: ValueMap;
  readonly path: readonly string[];
}

function mergeMaps({ setting, base, change, path }: MapMerge): ValueMap {
  const merged = ownMap(base, setting.context);
  for (const [key, value] of change) {
    const inner = [...path, String(key)];
    if (!base.has(key) && setting.edit.kind === "change")
      throw notInStruct({ ...setting, edit: { ...setting.edit, path: inner } }, base, path.length);
    const present: Value | undefined = base.get(key);
    merged.set(key, mergeInto({ ...setting, value }, present, inner));
  }
  return merged;
}

function deleteAt(root: Value, edit: ParamEdit, context: Editing): Value {
  const present = valueAtPath(root, edit.path);
  const key = dotted(edit.path);
  if (present === undefined)
    throw refuse({ edit, context }, "PARAM_UNKNOWN_KEY", {
      reason: `Could not delete from config. '${key}' does not exist.`,
    });
  if (present === null) {
    const hint = `It is null (${context.describe(edit.path)}), which Hydra takes for nothing. Give it a value first: ${withFile(context, `${key}=0`)}.`;
    throw refuse({ edit, context }, "PARAM_IS_NULL", {
      reason: `Could not delete from config. '${key}' holds no value.`,
      hint,
    });
  }
  // As in Hydra: a delete with the value null is one without a value.
  if (edit.value !== undefined && edit.value !== null && !equalAsPython(present, edit.value)) {
    const reason = `Could not delete from config. The value of '${key}' is ${shortRepr(present)} and not ${shortRepr(edit.value)}.`;
    throw refuse({ edit, context }, "PARAM_VALUE_DIFFERS", { reason, hint: `See ${context.describe(edit.path)}.` });
  }
  return without(root, edit.path, context);
}

function without(current: Value | undefined, path: readonly string[], context: Editing): Value {
  const [segment = "", ...rest] = path;
  if (isList(current)) {
    const index = listIndex(segment, current.length) ?? -1;
    const list = ownList(current, context);
    if (rest.length === 0) list.splice(index, 1);
    else list[index] = without(list[index], rest, context);
    return list;
  }
  const map = ownMap(isMap(current) ? current : new Map(), context);
  const key: Scalar = keyFor(segment, (candidate) => map.has(candidate)) ?? segment;
  if (rest.length === 0) map.delete(key);
  else map.set(key, without(map.get(key), rest, context));
  return map;
}

/** Python's ==, which a delete with a value uses: 1 equals 1.0. (True equals 1 in Python; here it does not.) */
function equalAsPython(a: Value | undefined, b: Value | undefined): boolean {
  if ((typeof a === "bigint" && typeof b === "number") || (typeof a === "number" && typeof b === "bigint"))
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number compare by value
    return a == b;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => equalAsPython(item, b[index]));
  if (isMap(a) && isMap(b)) return a.size === b.size && [...a].every(([key, item]) => equalAsPython(item, b.get(key)));
  return sameValue(a, b);
}

function extendAt(root: Value, edit: ParamEdit, context: Editing): Value {
  const present = valueAtPath(root, edit.path);
  const key = dotted(edit.path);
  if (present === undefined)
    throw refuse({ edit, context }, "PARAM_UNKNOWN_KEY", { reason: `Could not extend list. '${key}' does not exist.` });
  if (!isList(present))
    throw refuse({ edit, context }, "PARAM_KIND_CONFLICT", {
      reason: `Could not extend list. '${key}' is ${shortRepr(present)}, not a list.`,
    });
  const addition = isList(edit.value) ? edit.value : [edit.value ?? null];
  const replaced: ParamEdit = { ...edit, kind: "change" };
  const list = ownList(present, context);
  for (const item of addition) list.push(item);
  return setAt({ root, edit: replaced, context, value: list });
}
