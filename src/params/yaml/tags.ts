/** Values with a tag of YAML's own: `!!str 1`, `!!omap [a: 1]`. */
import type { Scalar } from "../../base/value.ts";
import type { LocatedEntry, LocatedNode } from "../text/located.ts";
import type { YamlRules } from "./scalars.ts";

const yaml11Booleans: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ yes: true, y: true, true: true, on: true, no: false, n: false, false: false, off: false }),
);

/** `tag:yaml.org,2002:int` as it is written: `!!int`. */
export function shortTag(tag: string): string {
  return tag.replace("tag:yaml.org,2002:", "!!");
}

/**
 * The value of a scalar with one of YAML's own tags; undefined for another tag, or a text that does not fit. Dates and
 * bytes are text: no stage can track them as what they are (DVC refuses them), and so it sees a change.
 */
export function taggedValue(tag: string, text: string, rules: YamlRules): Scalar | undefined {
  switch (shortTag(tag)) {
    case "!!str":
    case "!!timestamp":
      return text;
    case "!!binary":
      return text.replace(/\s/g, "");
    case "!!int":
      return rules.int(text.trim());
    case "!!float": {
      const int = rules.int(text.trim());
      return int === undefined ? rules.float(text.trim()) : Number(int);
    }
    case "!!bool":
      return yaml11Booleans.get(text.toLowerCase());
    case "!!null":
      return null;
    default:
      return undefined;
  }
}

/** Why a config of Hydra cannot hold a value with that tag; undefined where it can (omegaconf 2.3: bytes it can, we cannot). */
export function refusedByOmegaConf(tag: string): string | undefined {
  switch (shortTag(tag)) {
    case "!!timestamp":
      return "a config cannot hold a date: write it as text, in quotes";
    case "!!set":
      return "a config cannot hold a set: write a list";
    case "!!binary":
      return "bytes are no parameter that a stage can track: write their base64 text without the tag";
    default:
      return undefined;
  }
}

/** What `!!omap` and `!!pairs` make of a list of mappings with one key each; undefined where it is none. */
export function taggedList<Extra>(
  tag: string,
  list: Extract<LocatedNode<Extra>, { kind: "list" }>,
  rules: YamlRules,
): LocatedNode<Extra> | undefined {
  const entries: LocatedEntry<Extra>[] = [];
  for (const item of list.items) {
    const [entry, ...others] = item.kind === "map" ? item.entries : [];
    if (entry === undefined || others.length > 0) return undefined;
    entries.push(entry);
  }
  // Its text is no mapping's: an edit below it writes the whole anew.
  const place = { ...list, isReference: true } as const;
  if (shortTag(tag) === "!!omap" && rules.reader === "ruamel") return { ...place, kind: "map", entries };
  const pairs = entries.map(({ key, node }): LocatedNode<Extra> => {
    const first = { ...node, kind: "scalar", value: key, isReference: true } as const;
    return { ...place, items: [first, node] };
  });
  return { ...place, items: pairs };
}
