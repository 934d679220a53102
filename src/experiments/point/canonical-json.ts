import { pythonJson } from "../../base/python.ts";
import { isList, isMap, type Value } from "../../base/value.ts";

/** Canonical JSON of a value; parts that many points share are written once. */
export class CanonicalJson {
  private readonly known = new WeakMap<object, string>();

  of(value: Value): string {
    if (typeof value !== "object" || value === null) return pythonJson(value);
    const known = this.known.get(value);
    if (known !== undefined) return known;
    const text = isMap(value)
      ? this.ofMap(value)
      : isList(value)
        ? `[${value.map((item) => this.of(item)).join(",")}]`
        : "";
    this.known.set(value, text);
    return text;
  }

  private ofMap(map: ReadonlyMap<unknown, Value>): string {
    const entries = [...map].map(([key, item]) => `${JSON.stringify(String(key))}:${this.of(item)}`);
    return `{${entries.sort().join(",")}}`;
  }
}
