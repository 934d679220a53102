/**
 * `${...}` in the value of an override, resolved at once against the file with all edits made, as DVC does. (What the
 * file itself holds stays as it is written; DVC resolves that for good, too, which loses it.)
 */
import { SweeplineError } from "../base/errors.ts";
import { pythonRepr } from "../base/python.ts";
import { isList, isMap, type Value } from "../base/value.ts";
import { childAt } from "./child.ts";

export function hasInterpolation(value: Value | undefined): boolean {
  if (typeof value === "string") return value.includes("${");
  if (isList(value)) return value.some(hasInterpolation);
  return isMap(value) && [...value.values()].some(hasInterpolation);
}

export interface Resolving {
  readonly root: Value;
  /** The override, for messages. */
  readonly text: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The value with every `${...}` in it resolved; `path` is where it stands. Throws SweeplineError where one leads nowhere. */
export function resolveInterpolations(value: Value, path: readonly string[], resolving: Resolving): Value {
  return new Resolver(resolving).resolve(value, path);
}

const maxSteps = 10_000;
/** References that lead to references: longer chains are a mistake, and would end at the stack's end. */
const maxDepth = 200;

class Resolver {
  private steps = 0;
  private depth = 0;

  constructor(private readonly resolving: Resolving) {}

  private fail(what: string): never {
    throw new SweeplineError({
      code: "PARAM_INTERPOLATION",
      message: `Invalid override: ${what} in '${this.resolving.text}'`,
      hint: `To keep the text as it is, write \\\${...}.`,
    });
  }

  resolve(value: Value, path: readonly string[]): Value {
    this.steps += 1;
    // References that lead to each other, or repeat each other without end.
    if (this.steps > maxSteps || this.depth > maxDepth) this.fail("the interpolations go round in a circle");
    if (typeof value === "string") return value.includes("${") ? this.text(value, path) : value;
    if (isList(value)) return value.map((item, index) => this.resolve(item, [...path, String(index)]));
    if (!isMap(value)) return value;
    return new Map([...value].map(([key, item]) => [key, this.resolve(item, [...path, String(key)])]));
  }

  private text(text: string, path: readonly string[]): Value {
    const parts: Value[] = [];
    let rest = 0;
    for (let at = text.indexOf("${"); at >= 0; at = text.indexOf("${", rest)) {
      const before = text.slice(rest, at);
      const slashes = /\\*$/.exec(before)?.[0].length ?? 0;
      const kept = before.slice(0, before.length - slashes) + "\\".repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) {
        parts.push(`${kept}\${`);
        rest = at + 2;
        continue;
      }
      const end = closingBrace(text, at + 2);
      if (end === undefined) this.fail(`'\${' without '}'`);
      if (kept !== "") parts.push(kept);
      parts.push(this.expression(text.slice(at + 2, end), path));
      rest = end + 1;
    }
    if (rest < text.length) parts.push(text.slice(rest));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : parts.map(asText).join("");
  }

  private expression(source: string, path: readonly string[]): Value {
    const inner = source.includes("${") ? asText(this.text(source, path)) : source;
    const trimmed = inner.trim();
    const resolver = /^([A-Za-z_][\w.]*)\s*:([\s\S]*)$/.exec(trimmed);
    if (resolver !== null) return this.call(resolver[1] ?? "", resolver[2] ?? "");
    const [, dots = "", keys = ""] = /^(\.*)([\s\S]*)$/.exec(trimmed) ?? [];
    const base = dots === "" ? [] : path.slice(0, Math.max(0, path.length - dots.length));
    if (dots.length > path.length) this.fail(`'\${${trimmed}}' leads above the top`);
    const segments = keys
      .replaceAll("]", "")
      .split(/[.[]/)
      .filter((segment) => segment !== "");
    const target = [...base, ...segments];
    const found = target.reduce<Value | undefined>(childAt, this.resolving.root);
    if (found === undefined || segments.length === 0) this.fail(`Interpolation key '${keys}' not found`);
    this.depth += 1;
    const value = this.resolve(found, target);
    this.depth -= 1;
    return value;
  }

  private call(name: string, args: string): Value {
    if (name !== "oc.env") this.fail(`the resolver '${name}' is not supported`);
    const [variable = "", fallback] = args.split(",").map((part) => part.trim());
    const value = this.resolving.env[variable];
    if (value !== undefined) return value;
    if (fallback === undefined) this.fail(`Environment variable '${variable}' not found`);
    return fallback === "null" ? null : fallback.replace(/^(['"])(.*)\1$/, "$2");
  }
}

function closingBrace(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("${", at)) depth += 1;
    else if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function asText(value: Value): string {
  return typeof value === "string" ? value : pythonRepr(value);
}
