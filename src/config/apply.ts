/**
 * Overrides of values on a merged config (hydra 1.3, _apply_overrides_to_config; omegaconf 2.3, OmegaConf.update): a
 * change never adds a key, `+` does not meet a value, `~` deletes. List items are deleted as in Hydra 1.4.
 */

import type { ErrorCode } from "../base/error-codes.ts";
import { pythonRepr } from "../base/python.ts";
import { nearest } from "../base/text/nearest.ts";
import { isList, isMap, type Scalar, sameValue, type Value } from "../base/value.ts";
import { isOpenBelowHydra } from "./hydra-own.ts";
import { Interpolation } from "./interpolate.ts";
import { InterpolationFailure, type Located } from "./interpolation.ts";
import { mergeNodes } from "./merge.ts";
import { childOf, keyIn, listNode, mapNode, nodeAt, plainNode } from "./node.ts";
import { isOpen } from "./open-nodes.ts";
import { problemOf, sourceWords } from "./source.ts";
import type { ConfigNode, ConfigOverride, ListNode, MapNode, Path } from "./types.ts";

export interface ApplyContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The config after the overrides, in order. Throws SweeplineError (CONFIG_...) for the first that does not fit. */
export function applyOverrides(root: MapNode, overrides: readonly ConfigOverride[], context: ApplyContext): MapNode {
  return overrides.reduce((config, override) => {
    const after = applyOverride(config, override, context);
    if (after.kind !== "map") throw new TypeError("an override left no mapping");
    return after;
  }, root);
}

function applyOverride(root: MapNode, given: ConfigOverride, context: ApplyContext): ConfigNode {
  const override = { ...given, path: followed(root, given, context) };
  if (override.package !== null)
    throw refused(override, "CONFIG_NO_SUCH_GROUP", {
      message: `Override ${override.text} looks like a config group override, but config group '${override.key}' does not exist.`,
      hint: "A group is a folder of config files below the config folder.",
    });
  if (override.key === "")
    throw refused(override, "KEY_EMPTY", {
      message: `The override '${override.text}' names no key.`,
      hint: "Write KEY=VALUE.",
    });
  if (override.kind === "delete") return deleteValue(root, override, context);
  if (override.kind === "extend-list") return extendList(root, override, context);
  if (override.kind === "add") refuseWhereTaken(root, override, context);
  return setBelow({ ...context, root, override, value: givenValue(override) }, root, 0);
}

/**
 * The path of an override, counted from where a reference on it leads to: below `opt: ${base}`, opt.lr is base.lr (Hydra
 * 1.4; 1.3 puts a new mapping in place of the reference). The last segment is set itself.
 */
function followed(root: MapNode, override: ConfigOverride, context: ApplyContext): readonly string[] {
  const { path } = override;
  for (let depth = 1; depth < path.length; depth++) {
    const node = nodeAt(root, path.slice(0, depth));
    if (node === undefined) return path;
    if (node.kind !== "scalar" || !isOpen(node)) continue;
    const found = located(root, { ...context, override, path: path.slice(0, depth) });
    const isElsewhere = found !== undefined && found.node.kind !== "scalar" && !found.isResolved;
    if (!isElsewhere) return path;
    return followed(root, { ...override, path: [...found.path, ...path.slice(depth)].map(String) }, context);
  }
  return path;
}

interface Setting extends ApplyContext {
  readonly root: MapNode;
  readonly override: ConfigOverride;
  readonly value: ConfigNode;
}

function refused(
  override: ConfigOverride,
  code: ErrorCode,
  { message, hint }: { readonly message: string; readonly hint?: string },
): Error {
  const source = { kind: "override", text: override.text } as const;
  return problemOf(source, { code, message, ...(hint === undefined ? {} : { hint }) });
}

function givenValue(override: ConfigOverride): ConfigNode {
  if (override.value === undefined) throw new TypeError(`no value: ${override.text}`);
  refuseNullKeys(override.value, override);
  return override.value;
}

function refuseNullKeys(node: ConfigNode, override: ConfigOverride): void {
  if (node.kind === "scalar") return;
  const items = node.kind === "list" ? node.items : [...node.entries.values()];
  if (node.kind === "map" && node.entries.has(null))
    throw refused(override, "CONFIG_BAD_KEY", {
      message: `Error merging override ${override.text}: null cannot be a key`,
    });
  for (const item of items) refuseNullKeys(item, override);
}

/** What OmegaConf.select gives: undefined where nothing is, and for null and `???`. Interpolations are followed. */
function selected(root: MapNode, override: ConfigOverride, context: ApplyContext): ConfigNode | undefined {
  const node = located(root, { ...context, override, path: override.path })?.node;
  return node?.kind === "scalar" && node.value === null ? undefined : node;
}

interface Looking extends ApplyContext {
  readonly override: ConfigOverride;
  readonly path: Path;
}

function located(root: MapNode, { override, path, ...context }: Looking): Located | undefined {
  try {
    return new Interpolation(root, context).locate(path);
  } catch (error) {
    if (!(error instanceof InterpolationFailure)) throw error;
    throw refused(override, error.code, { message: `Error merging override ${override.text}: ${error.message}` });
  }
}

function refuseWhereTaken(root: MapNode, override: ConfigOverride, context: ApplyContext): void {
  // Looked up whatever is added: an interpolation there that has no value is refused.
  const present = selected(root, override, context);
  if (present === undefined || override.value?.kind !== "scalar") return;
  const { text, key } = override;
  throw refused(override, "CONFIG_KEY_EXISTS", {
    message: `Could not append to config. An item is already at '${key}'.\nEither remove + prefix: '${text.slice(1)}'\nOr add a second + to add or override '${key}': '+${text}'`,
    hint: `It is ${shortRepr(present)} (${sourceWords(present.source)}).`,
  });
}

function shortRepr(node: ConfigNode): string {
  const text = pythonRepr(plainNode(node));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Settings below `hydra` that belong to plugins and loggers take new keys: their own ones are not known here. */
function mayAdd({ kind, path }: ConfigOverride): boolean {
  return kind !== "change" || (path[0] === "hydra" && isOpenBelowHydra(path.slice(1)));
}

/** `current` with the value at path[depth...]. What is no container gives way to one where keys may be added. */
function setBelow(setting: Setting, current: ConfigNode | undefined, depth: number): ConfigNode {
  const { override, value } = setting;
  const segment = override.path[depth];
  if (segment === undefined) return setHere(setting, current);
  if (current?.kind === "list") return setInList(setting, current, depth);
  const present = current === undefined ? undefined : childOf(current, segment);
  if (present === undefined && !mayAdd(override)) throw notThere(override, override.path.slice(0, depth + 1), current);
  const entries = new Map<Scalar, ConfigNode>(current?.kind === "map" ? current.entries : []);
  const key = current?.kind === "map" ? keyIn(current, segment) : segment;
  entries.set(key, setBelow(setting, present, depth + 1));
  return mapNode(entries, current?.kind === "map" ? current.source : value.source);
}

function setInList(setting: Setting, list: ListNode, depth: number): ConfigNode {
  const segment = setting.override.path[depth] ?? "";
  const index = indexOf(segment, list, setting.override);
  return listNode(list.items.with(index, setBelow(setting, list.items[index], depth + 1)), list.source);
}

function indexOf(segment: string, { items, source }: ListNode, override: ConfigOverride): number {
  const index = /^\d{1,9}$/.test(segment) ? Number(segment) : undefined;
  if (index !== undefined && index < items.length) return index;
  const reason = index === undefined ? `'${segment}' is not an index of a list` : "list index out of range";
  const last = items.length === 0 ? "The list is empty" : `The list has the indices 0 to ${items.length - 1}`;
  throw refused(override, "CONFIG_BAD_INDEX", {
    message: `Error merging override ${override.text}: ${reason}`,
    hint: `${last} (${sourceWords(source)}). To append, use extend_list(...).`,
  });
}

function setHere(setting: Setting, present: ConfigNode | undefined): ConfigNode {
  const { root, override, value, environment } = setting;
  if (value.kind === "scalar" || present === undefined || present.kind === "scalar") return value;
  const added = (path: readonly Scalar[]): void => {
    if (mayAdd(override)) return;
    throw notThere(override, path.map(String), nodeAt(root, path.slice(0, -1)));
  };
  const rootWith = (here: ConfigNode): ConfigNode => replaced(root, override.path, here);
  return mergeNodes(present, value, { path: override.path, environment, rootWith, added });
}

/** The config with another node at a path that it has. */
function replaced(current: ConfigNode, [segment, ...rest]: Path, node: ConfigNode): ConfigNode {
  if (segment === undefined) return node;
  const child = childOf(current, segment);
  if (child === undefined || current.kind === "scalar") return current;
  const below = replaced(child, rest, node);
  if (current.kind === "list") return listNode(current.items.with(Number(segment), below), current.source);
  return mapNode(new Map(current.entries).set(keyIn(current, segment), below), current.source);
}

/** @param path up to the key that is missing in `holder` */
function notThere(override: ConfigOverride, path: readonly string[], holder: ConfigNode | undefined): Error {
  const missing = path.at(-1) ?? "";
  const above = path.slice(0, -1);
  const keys = holder?.kind === "map" ? [...holder.entries.keys()].map(String) : [];
  const [near] = nearest(missing, keys);
  const meant = near === undefined ? "" : ` Did you mean '${[...above, near].join(".")}'?`;
  const where = above.length === 0 ? "the config" : `'${above.join(".")}'`;
  return refused(override, "CONFIG_UNKNOWN_KEY", {
    message: `Could not override '${override.key}'.\nTo append to your config use +${override.text.replace(/^\++/, "")}`,
    hint: `Key '${missing}' is not in ${where}.${meant}`,
  });
}

function deleteValue(root: MapNode, override: ConfigOverride, context: ApplyContext): ConfigNode {
  const present = selected(root, override, context);
  if (present === undefined)
    throw refused(override, "CONFIG_UNKNOWN_KEY", {
      message: `Could not delete from config. '${override.key}' does not exist.`,
    });
  const wanted = override.value === undefined ? null : plainNode(override.value);
  if (wanted !== null && !equalAsPython(plainNode(present), wanted))
    throw refused(override, "CONFIG_VALUE_DIFFERS", {
      message: `Could not delete from config. The value of '${override.key}' is ${shortRepr(present)} and not ${pythonRepr(wanted)}.`,
      hint: `It comes from ${sourceWords(present.source)}.`,
    });
  // Below a reference, the mapping that it leads to loses the key. What a resolver made stands nowhere.
  const above = located(root, { ...context, override, path: override.path.slice(0, -1) });
  if (above === undefined || above.isResolved) return root;
  return without(root, [...above.path, ...override.path.slice(-1)]);
}

function without(current: ConfigNode, [segment = "", ...rest]: Path): ConfigNode {
  const child = childOf(current, segment);
  if (child === undefined || current.kind === "scalar") return current;
  if (current.kind === "list") {
    const index = Number(segment);
    const items =
      rest.length === 0 ? current.items.toSpliced(index, 1) : current.items.with(index, without(child, rest));
    return listNode(items, current.source);
  }
  const entries = new Map(current.entries);
  const key = keyIn(current, segment);
  if (rest.length === 0) entries.delete(key);
  else entries.set(key, without(child, rest));
  return mapNode(entries, current.source);
}

/** Python's ==: 1 equals 1.0 and True. */
function equalAsPython(a: Value | undefined, b: Value | undefined): boolean {
  const numbers = [a, b].map((value) => (typeof value === "boolean" ? BigInt(value) : value));
  if (numbers.every((value) => typeof value === "bigint" || typeof value === "number"))
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number compare by value
    return numbers[0] == numbers[1];
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => equalAsPython(item, b[index]));
  if (isMap(a) && isMap(b)) return a.size === b.size && [...a].every(([key, item]) => equalAsPython(item, b.get(key)));
  return sameValue(a, b);
}

function extendList(root: MapNode, override: ConfigOverride, context: ApplyContext): ConfigNode {
  const present = selected(root, override, context);
  if (present?.kind !== "list")
    throw refused(override, "CONFIG_KIND_CONFLICT", {
      message: `Could not extend list. '${override.key}' ${present === undefined ? "does not exist" : `is ${shortRepr(present)}, not a list`}.`,
    });
  const stored = nodeAt(root, override.path);
  const base = stored?.kind === "list" ? stored : present;
  const added = givenValue(override);
  const items = added.kind === "list" ? added.items : [added];
  const value = listNode([...base.items, ...items], added.source);
  return setBelow({ ...context, root, override: { ...override, kind: "change" }, value }, root, 0);
}
