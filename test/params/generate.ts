/** Random parameter files in many styles, each line with the path of what it says. */
import fc from "fast-check";
import { isList, isMap, type Scalar, type Value } from "../../src/base/value.ts";

export type Draw = <T>(arbitrary: () => fc.Arbitrary<T>) => T;
export type Path = readonly (string | number)[];

export interface Line {
  readonly text: string;
  readonly path: Path;
  /** The line holds all of the value at its path (a scalar or brackets), so an edit below the path may change it. */
  readonly isWhole: boolean;
}

const words = () =>
  fc.constantFrom(
    "adam",
    "a b",
    "yes",
    "1",
    "1.0",
    "null",
    "~",
    "",
    "it's",
    'say "x"',
    "# no",
    "a: b",
    "é😀",
    "x\ny",
    "- d",
    "2024-01-02",
    "0x1F",
    "[q",
    "true",
    " lead",
    "C:\\dir",
    "%",
    "@at",
    "a #b",
    "tab\tx",
    "🙂",
  );

export const scalars = (): fc.Arbitrary<Scalar> =>
  fc.oneof(
    words(),
    fc.bigInt({ min: -1000n, max: 10n ** 20n }),
    fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.constantFrom(0.5, 1.0, 1e-5, 1e17, 100),
    fc.boolean(),
  );

export const scalarsOrNull = (): fc.Arbitrary<Scalar> => fc.oneof(scalars(), fc.constant(null));

/** A value without nulls, for every format. */
export function values(depth: number, scalar: () => fc.Arbitrary<Scalar>): fc.Arbitrary<Value> {
  if (depth === 0) return scalar();
  const inner = values(depth - 1, scalar);
  return fc.oneof({ weight: 3, arbitrary: scalar() }, fc.array(inner, { maxLength: 3 }), maps(inner));
}

export function maps(inner: fc.Arbitrary<Value>, minLength = 0): fc.Arbitrary<Value> {
  const keys = fc.constantFrom("lr", "epochs", "name", "x", "y1", "opt", "layers", "deep_key", "a-b", "K");
  return fc
    .uniqueArray(fc.tuple(keys, inner), { minLength, maxLength: 5, selector: ([key]) => key })
    .map((entries) => new Map<Scalar, Value>(entries));
}

/** Every path of a value, the top left out. */
export function pathsOf(value: Value, above: Path = []): Path[] {
  const children: (readonly [string | number, Value])[] = isMap(value)
    ? [...value].map(([key, item]) => [String(key), item])
    : isList(value)
      ? value.map((item, index) => [index, item])
      : [];
  return children.flatMap(([key, item]) => [[...above, key], ...pathsOf(item, [...above, key])]);
}

export function at(value: Value, path: Path): Value | undefined {
  return path.reduce<Value | undefined>((holder, key) => {
    if (isMap(holder)) return holder.get(String(key));
    return isList(holder) ? holder[Number(key)] : undefined;
  }, value);
}

/** YAML lines of a mapping or list, in a random style with comments and blank lines. */
export function yamlLines(value: Value, draw: Draw): Line[] {
  const step = draw(() => fc.constantFrom(2, 2, 4, 3));
  const flush = draw(() => fc.boolean());
  const lines: Line[] = [];
  let comments = 0;
  const comment = (): string => (draw(() => fc.integer({ min: 0, max: 3 })) === 0 ? `  # note ${comments++}` : "");

  function block(node: Value, column: number, path: Path): void {
    const entries: (readonly [string | number, Value])[] = isMap(node)
      ? [...node].map(([key, item]) => [String(key), item])
      : isList(node)
        ? node.map((item, index) => [index, item])
        : [];
    for (const [key, item] of entries) {
      if (draw(() => fc.integer({ min: 0, max: 6 })) === 0)
        lines.push({ text: `${" ".repeat(column)}# above ${comments++}`, path: ["#"], isWhole: false });
      entry(key, item, { column, path: [...path, key] });
    }
  }

  function entry(key: string | number, item: Value, { column, path }: { column: number; path: Path }): void {
    const lead = " ".repeat(column) + (typeof key === "number" ? "-" : `${key}:`);
    const isEmpty = (isMap(item) && item.size === 0) || (isList(item) && item.length === 0);
    const isCollection = (isMap(item) || isList(item)) && !isEmpty;
    if (!isCollection || draw(() => fc.integer({ min: 0, max: 2 })) === 0) {
      lines.push({ text: `${lead} ${flow(item, draw)}${comment()}`, path, isWhole: true });
      return;
    }
    lines.push({ text: lead + comment(), path, isWhole: false });
    const isFlush = isList(item) && flush && typeof key === "string";
    block(item, isFlush ? column : column + step, path);
  }
  block(value, 0, []);
  return lines;
}

function flow(value: Value, draw: Draw): string {
  const pad = draw(() => fc.constantFrom("", "", " "));
  if (isList(value))
    return `[${pad}${value.map((item) => flow(item, draw)).join(draw(() => fc.constantFrom(", ", ",")))}${pad}]`;
  if (isMap(value))
    return `{${pad}${[...value].map(([key, item]) => `${String(key)}: ${flow(item, draw)}`).join(", ")}${pad}}`;
  return yamlScalar(value as Scalar, draw);
}

function yamlScalar(value: Scalar, draw: Draw): string {
  if (value === null) return draw(() => fc.constantFrom("null", "~"));
  if (typeof value === "bigint")
    return draw(() => fc.constantFrom(String(value), value > 0n ? `0x${value.toString(16)}` : String(value)));
  if (typeof value === "number") return Number.isFinite(value) ? floatSource(value) : value > 0 ? ".inf" : "-.inf";
  if (typeof value === "boolean") return draw(() => fc.constantFrom(String(value), String(value).toUpperCase()));
  if (/^[a-z]+$/.test(value) && !["null", "true", "yes"].includes(value))
    return draw(() => fc.constantFrom(value, `'${value}'`, `"${value}"`));
  return /[\n\t]/.test(value) || draw(() => fc.boolean()) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}

/** A float that every format reads as one. */
function floatSource(value: number): string {
  const text = String(value);
  if (/[.]/.test(text)) return text;
  return /e/.test(text) ? text.replace("e", ".0e") : `${text}.0`;
}

/** JSON text in a random layout. */
export function jsonText(value: Value, draw: Draw): string {
  const indent = draw(() => fc.constantFrom("", "  ", "\t"));
  const colon = draw(() => fc.constantFrom(": ", ":"));
  const write = (node: Value, level: number): string => {
    const inner = indent === "" ? "" : `\n${indent.repeat(level + 1)}`;
    const end = indent === "" ? "" : `\n${indent.repeat(level)}`;
    const comma = indent === "" ? draw(() => fc.constantFrom(", ", ",")) : ",";
    if (isList(node) && node.length > 0)
      return `[${inner}${node.map((item) => write(item, level + 1)).join(comma + inner)}${end}]`;
    if (isMap(node) && node.size > 0) {
      const entries = [...node].map(([key, item]) => `${JSON.stringify(key)}${colon}${write(item, level + 1)}`);
      return `{${inner}${entries.join(comma + inner)}${end}}`;
    }
    if (isList(node)) return "[]";
    return isMap(node) ? "{}" : jsonScalar(node as Scalar);
  };
  return write(value, 0);
}

function jsonScalar(value: Scalar): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return Number.isFinite(value) ? floatSource(value) : value > 0 ? "Infinity" : "-Infinity";
  return JSON.stringify(value);
}

function inline(
  value: Value,
  mark: { readonly map: (entries: [string, string][]) => string; readonly word: (value: Scalar) => string },
): string {
  if (isList(value)) return `[${value.map((item) => inline(item, mark)).join(", ")}]`;
  if (isMap(value)) return mark.map([...value].map(([key, item]) => [String(key), inline(item, mark)]));
  return mark.word(value as Scalar);
}

const tomlMark = {
  map: (entries: [string, string][]): string => `{ ${entries.map(([key, text]) => `${key} = ${text}`).join(", ")} }`,
  word: (value: Scalar): string => {
    if (typeof value === "number") return Number.isFinite(value) ? floatSource(value) : value > 0 ? "inf" : "-inf";
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  },
};

/** TOML text: tables as sections, in dots or in braces. */
export function tomlText(value: Value, draw: Draw): string {
  const lines: string[] = [];
  const table = (node: Value, path: readonly string[]): void => {
    const entries = isMap(node) ? [...node] : [];
    const asSection = entries.filter(([, item]) => isMap(item) && draw(() => fc.boolean()));
    const asTables = entries.filter(([, item]) => isTables(item) && draw(() => fc.boolean()));
    for (const [key, item] of entries)
      if (![...asSection, ...asTables].some(([other]) => other === key)) row(String(key), item);
    for (const [key, item] of asSection) {
      const name = [...path, String(key)];
      lines.push(
        draw(() => fc.constantFrom("", "# about")),
        `[${name.join(".")}]${draw(() => fc.constantFrom("", "  # here"))}`,
      );
      table(item, name);
    }
    for (const [key, item] of asTables) {
      const name = [...path, String(key)];
      for (const element of isList(item) ? item : []) {
        lines.push(`[[${name.join(".")}]]`);
        table(element, name);
      }
    }
  };
  const row = (key: string, item: Value): void => {
    if (isMap(item) && item.size > 0 && draw(() => fc.boolean())) {
      for (const [inner, below] of item) row(`${key}.${String(inner)}`, below);
      return;
    }
    lines.push(`${key} = ${inline(item, tomlMark)}${draw(() => fc.constantFrom("", "  # why"))}`);
  };
  table(value, []);
  return lines.join("\n") + draw(() => fc.constantFrom("\n", ""));
}

function isTables(value: Value): boolean {
  return isList(value) && value.length > 0 && value.every((item) => isMap(item));
}

const pythonMark = {
  map: (entries: [string, string][]): string => `{${entries.map(([key, text]) => `"${key}": ${text}`).join(", ")}}`,
  word: (value: Scalar): string => {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "number") return Number.isFinite(value) ? floatSource(value) : value > 0 ? "1e999" : "-1e999";
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  },
};

/** Python text: names at the top and in classes, values as literals. */
export function pythonText(value: Value, draw: Draw): string {
  const lines = ["import os", ""];
  const body = (node: Value, indent: string): void => {
    for (const [name, item] of isMap(node) ? node : []) {
      const key = String(name).replace("-", "_");
      if (isMap(item) && draw(() => fc.boolean())) {
        lines.push(`${indent}class ${key}:`);
        if (item.size === 0) lines.push(`${indent}    pass`);
        body(item, `${indent}    `);
      } else lines.push(`${indent}${key} = ${inline(item, pythonMark)}${draw(() => fc.constantFrom("", "  # why"))}`);
    }
  };
  body(value, "");
  return `${lines.join("\n")}\n`;
}
