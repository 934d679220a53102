/** Values as TOML writes them. */
import { SweeplineError } from "../../base/errors.ts";
import { floatRepr } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value } from "../../base/value.ts";

/** What opens a text: its quotes, and the line end right behind three of them. */
export type TomlQuote = '"' | "'" | '"""' | '"""\n' | "'''" | "'''\n";

/** A single value; strings in the quotes that stand there already, where these can hold it. */
export function tomlScalar(value: Scalar, quote: TomlQuote = '"'): string {
  if (value === null)
    throw new SweeplineError({
      code: "TOML_NO_NULL",
      message: "Invalid override: TOML has no null",
      hint: "Delete the key instead (~key), or keep the parameter in a YAML or JSON file.",
    });
  if (typeof value === "number") return floatRepr(value);
  if (typeof value !== "string") return String(value);
  if (quote === "'" && /^[^'\p{Cc}\p{Cs}]*$/u.test(value)) return `'${value}'`;
  return quote.length > 1 ? longString(value, quote) : basicString(value);
}

/** Between three quotes, lines as lines. A line end right behind the opening ones does not count. */
function longString(text: string, quote: TomlQuote): string {
  const isOneLineMore = quote.endsWith("\n") || text.startsWith("\n");
  const gap = isOneLineMore ? "\n" : "";
  if (quote.startsWith("'"))
    return /^(?:(?!''')[^\p{Cc}\p{Cs}]|[\n\t])*$/u.test(text) && !text.endsWith("'")
      ? `'''${gap}${text}'''`
      : basicString(text);
  const lines = text.split("\n").map((line) => basicString(line).slice(1, -1).replaceAll('\\"', '"'));
  const body = lines.join("\n").replace(/"{3,}|"$/g, (marks) => '\\"'.repeat(marks.length));
  return `"""${gap}${body}"""`;
}

function basicString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Any value on one line. */
export function tomlInline(value: Value): string {
  if (isList(value)) return `[${value.map(tomlInline).join(", ")}]`;
  if (!isMap(value)) return tomlScalar(value as Scalar);
  if (value.size === 0) return "{}";
  return `{ ${[...value].map(([key, item]) => tomlEntry(key, item)).join(", ")} }`;
}

/** `key = value` on one line. */
export function tomlEntry(key: Scalar, value: Value): string {
  return `${tomlKey(String(key))} = ${tomlInline(value)}`;
}

export function tomlKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : basicString(key);
}

/** `a."b c".d` */
export function tomlPath(path: readonly string[]): string {
  return path.map(tomlKey).join(".");
}
