/** Scalars with a tag: `!!str 1`. */
import type { Scalar } from "../../base/value.ts";
import type { ScalarRules } from "./scalars.ts";

const yaml11Booleans: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ yes: true, y: true, true: true, on: true, no: false, n: false, false: false, off: false }),
);

/** The value of a scalar with one of YAML's own tags; undefined for another tag, or a text that does not fit. */
export function taggedValue(tag: string, text: string, rules: ScalarRules): Scalar | undefined {
  switch (tag.replace("tag:yaml.org,2002:", "!!")) {
    case "!!str":
    case "!!timestamp":
      return text;
    case "!!int":
      return rules.int(text);
    case "!!float": {
      const int = rules.int(text);
      return int === undefined ? rules.float(text) : Number(int);
    }
    case "!!bool":
      return yaml11Booleans.get(text.toLowerCase());
    case "!!null":
      return null;
    default:
      return undefined;
  }
}
