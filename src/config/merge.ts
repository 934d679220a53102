/** One config laid over another (omegaconf 2.3, BaseContainer._map_merge): mappings merge, anything else replaces. */
import type { Scalar } from "../base/value.ts";
import { Interpolation } from "./interpolate.ts";
import type { InterpolationOptions } from "./interpolation.ts";
import { isMissing, mapNode } from "./node.ts";
import { isOpen } from "./open-nodes.ts";
import { problemOf, sourceWords } from "./source.ts";
import type { ConfigNode, MapNode, Path } from "./types.ts";

export interface MergeContext {
  /** Where in the config both stand. */
  readonly path: Path;
  readonly environment: InterpolationOptions["environment"];
  /** The whole config as it is so far, for references in `base`: `here` is what has become of the part that is merged. */
  rootWith(here: ConfigNode): ConfigNode;
  /** Told of each key that is new, before it is added: throws where none may be. */
  added?(path: Path, value: ConfigNode): void;
}

/**
 * `base` with `over` laid over it. Keys keep the place they have in `base`; a missing value (`???`) in `over` changes nothing.
 * Throws SweeplineError where a mapping meets a list.
 */
export function mergeMaps(base: MapNode, over: MapNode, context: MergeContext): MapNode {
  const entries = new Map<Scalar, ConfigNode>(base.entries);
  for (const [key, value] of over.entries) {
    const present = entries.get(key);
    const path = [...context.path, key];
    if (present === undefined) context.added?.(path, value);
    const rootWith = (here: ConfigNode): ConfigNode =>
      context.rootWith(mapNode(new Map(entries).set(key, here), base.source));
    entries.set(key, present === undefined ? value : mergeNodes(present, value, { ...context, path, rootWith }));
  }
  return mapNode(entries, base.entries.size === 0 ? over.source : base.source);
}

/** A value laid over another of the same place. */
export function mergeNodes(present: ConfigNode, value: ConfigNode, context: MergeContext): ConfigNode {
  if (value.kind === "scalar" && !isMissing(value)) return value;
  const base = dereferenced(present, context);
  if (value.kind === "scalar") return base.kind === "scalar" ? present : base;
  if (base.kind === "scalar" || (base.kind === "list" && value.kind === "list")) return value;
  if (base.kind === "map" && value.kind === "map") return mergeMaps(base, value, context);
  const words = { map: "a mapping", list: "a list", scalar: "a value" };
  throw problemOf(value.source, {
    code: "CONFIG_KIND_CONFLICT",
    message: `'${context.path.map(String).join(".")}' is ${words[value.kind]} here and ${words[base.kind]} in ${sourceWords(base.source)}: they cannot be merged`,
    hint: "Give one of them another name, or make both of one kind.",
  });
}

/** A reference to a mapping or list takes what that holds, and is then laid over. */
function dereferenced(node: ConfigNode, { path, rootWith, environment }: MergeContext): ConfigNode {
  if (node.kind !== "scalar" || !isOpen(node)) return node;
  return new Interpolation(rootWith(node), { environment }).containerOf(node, path) ?? node;
}
