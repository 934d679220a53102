/** Where the values of a composed config come from, as data. */
import type { Value } from "../base/value.ts";
import { plainNode } from "./node.ts";
import { sourceWords } from "./source.ts";
import type { Composition, ConfigNode, Path, ResolvedDefault } from "./types.ts";

export interface ValueOrigin {
  /** `db.port`, `layers.0`. */
  readonly key: string;
  readonly value: Value;
  /** `conf/db/mysql.yaml:2`, or the override as typed. */
  readonly source: string;
}

/** Every single value, and every empty mapping and list, in the order of the config. */
export function valueOrigins(config: ConfigNode): readonly ValueOrigin[] {
  return origins(config, []);
}

function origins(node: ConfigNode, path: Path): readonly ValueOrigin[] {
  if (node.kind === "map" && node.entries.size > 0)
    return [...node.entries].flatMap(([key, item]) => origins(item, [...path, key]));
  if (node.kind === "list" && node.items.length > 0)
    return node.items.flatMap((item, index) => origins(item, [...path, BigInt(index)]));
  return [{ key: path.map(String).join("."), value: plainNode(node), source: sourceWords(node.source) }];
}

/** The resolved defaults list without what Hydra itself brings. */
export function ownDefaults({ defaults }: Composition): readonly ResolvedDefault[] {
  return defaults.filter(({ config }) => !config.startsWith("hydra/"));
}
