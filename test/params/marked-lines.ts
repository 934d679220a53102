/** Random JSON, TOML and Python files in many styles, each line with the path of what it says. */
import fc from "fast-check";
import { isList, isMap, type Scalar, type Value } from "../../src/base/value.ts";
import type { Draw, Line, Path } from "./generate.ts";

type Entries = readonly (readonly [string | number, Value])[];

function entriesOf(value: Value): Entries {
  if (isMap(value)) return [...value].map(([key, item]) => [String(key), item]);
  return isList(value) ? value.map((item, index) => [index, item]) : [];
}

const oneOf = <T>(draw: Draw, ...choices: T[]): T => draw(() => fc.constantFrom(...choices));

function isFilled(value: Value): boolean {
  return (isMap(value) && value.size > 0) || (isList(value) && value.length > 0);
}

function floatText(value: number): string {
  const text = String(value);
  return text.includes(".") ? text : text.includes("e") ? text.replace("e", ".0e") : `${text}.0`;
}

interface Marks {
  readonly word: (value: Scalar, draw: Draw) => string;
  readonly key: (name: string, draw: Draw) => string;
  /** Between key and value on one line. */
  readonly colon: readonly string[];
  readonly isWide: boolean;
}

function inline(value: Value, marks: Marks, draw: Draw): string {
  const pad = marks.isWide ? oneOf(draw, "", "", " ") : "";
  const comma = oneOf(draw, ", ", ",", " , ");
  if (isList(value)) return `[${pad}${value.map((item) => inline(item, marks, draw)).join(comma)}${pad}]`;
  if (!isMap(value)) return marks.word(value as Scalar, draw);
  const entries = [...value].map(
    ([key, item]) => marks.key(String(key), draw) + oneOf(draw, ...marks.colon) + inline(item, marks, draw),
  );
  return `{${pad}${entries.join(comma)}${pad}}`;
}

interface Brackets {
  readonly marks: Marks;
  readonly draw: Draw;
  readonly step: string;
  /** Where the format has comments. */
  readonly comment: () => string;
  /** A comma behind the last entry. */
  readonly last: string;
}

/** A value in brackets, an entry a line where it is drawn so. */
function bracketLines(
  value: Value,
  brackets: Brackets,
  at: { lead: string; indent: string; path: Path; end: string },
): Line[] {
  const { marks, draw, step, comment, last } = brackets;
  const { lead, indent, path, end } = at;
  if (!isFilled(value) || draw(() => fc.integer({ min: 0, max: 2 })) === 0)
    return [{ text: indent + lead + inline(value, marks, draw) + end + comment(), path, isWhole: true }];
  const [open, close] = isMap(value) ? ["{", "}"] : ["[", "]"];
  const lines: Line[] = [{ text: indent + lead + open + comment(), path, isWhole: false }];
  const entries = entriesOf(value);
  for (const [index, [key, item]] of entries.entries()) {
    const name = typeof key === "number" ? "" : marks.key(key, draw) + oneOf(draw, ...marks.colon);
    const comma = index < entries.length - 1 ? "," : last;
    lines.push(
      ...bracketLines(item, brackets, { lead: name, indent: indent + step, path: [...path, key], end: comma }),
    );
  }
  lines.push({ text: indent + close + end + comment(), path, isWhole: false });
  return lines;
}

const jsonMarks: Marks = {
  isWide: true,
  colon: [": ", ":", " : "],
  key: (name) => JSON.stringify(name),
  word: (value) => {
    if (typeof value === "bigint") return String(value);
    return typeof value === "number" ? floatText(value) : JSON.stringify(value);
  },
};

export function jsonLines(value: Value, draw: Draw): Line[] {
  const step = oneOf(draw, "  ", "\t", "    ", "");
  const brackets: Brackets = { marks: jsonMarks, draw, step, comment: () => "", last: "" };
  return bracketLines(value, brackets, { lead: "", indent: "", path: [], end: "" });
}

const pythonMarks: Marks = {
  isWide: true,
  colon: [": ", ":"],
  key: (name, draw) => (draw(() => fc.boolean()) ? `"${name}"` : `'${name}'`),
  word: (value, draw) => {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "number") return floatText(value);
    if (typeof value !== "string") return String(value);
    return /^[a-z ]*$/.test(value) ? oneOf(draw, `'${value}'`, `"${value}"`, `"""${value}"""`) : JSON.stringify(value);
  },
};

function commentMaker(draw: Draw): () => string {
  let count = 0;
  return () => (draw(() => fc.integer({ min: 0, max: 3 })) === 0 ? `  # note ${count++}` : "");
}

export function pythonLines(value: Value, draw: Draw): Line[] {
  const comment = commentMaker(draw);
  const lines: Line[] = [{ text: "import os", path: ["import"], isWhole: false }];
  const step = oneOf(draw, "    ", "  ", "\t");
  const brackets = { marks: pythonMarks, draw, step, comment };
  const body = (node: Value, indent: string, path: Path): void => {
    for (const [name, item] of entriesOf(node)) {
      const key = String(name).replace("-", "_");
      const inner = [...path, key];
      if (draw(() => fc.integer({ min: 0, max: 5 })) === 0)
        lines.push({ text: `${indent}#${comment()}`, path: [...path, "#"], isWhole: false });
      if (isMap(item) && draw(() => fc.boolean())) {
        lines.push({ text: `${indent}class ${key}:${comment()}`, path: inner, isWhole: false });
        if (item.size === 0) lines.push({ text: `${indent}${step}pass`, path: inner, isWhole: true });
        body(item, indent + step, inner);
        continue;
      }
      const lead = `${key}${oneOf(draw, " = ", "=", "  = ", ": object = ")}`;
      const last = oneOf(draw, ",", "");
      lines.push(...bracketLines(item, { ...brackets, last }, { lead, indent, path: inner, end: "" }));
    }
  };
  body(value, "", []);
  return lines;
}

const tomlMarks: Marks = {
  isWide: true,
  colon: [" = ", "=", " =  "],
  key: (name, draw) => oneOf(draw, name, name, `"${name}"`),
  word: (value, draw) => {
    if (typeof value === "number") return floatText(value);
    if (typeof value !== "string") return String(value);
    return /^[a-z ]*$/.test(value) ? oneOf(draw, `'${value}'`, `"${value}"`, `"""${value}"""`) : JSON.stringify(value);
  },
};

interface TomlLines {
  readonly lines: Line[];
  /** Arrays of tables: an item of another kind makes them plain arrays. */
  readonly arrays: readonly Path[];
}

export function tomlLines(value: Value, draw: Draw): TomlLines {
  const comment = commentMaker(draw);
  const lines: Line[] = [];
  const arrays: Path[] = [];
  const row = (name: string, item: Value, path: Path): void => {
    if (isMap(item) && item.size > 0 && draw(() => fc.boolean())) {
      for (const [key, below] of entriesOf(item)) row(`${name}.${key}`, below, [...path, key]);
      return;
    }
    const lead = name + oneOf(draw, ...tomlMarks.colon);
    if (isList(item) && item.length > 0 && draw(() => fc.boolean())) {
      lines.push({ text: `${lead}[${comment()}`, path, isWhole: false });
      for (const [index, element] of item.entries())
        lines.push({
          text: `  ${inline(element, tomlMarks, draw)},${comment()}`,
          path: [...path, index],
          isWhole: true,
        });
      lines.push({ text: `]${comment()}`, path, isWhole: false });
    } else lines.push({ text: lead + inline(item, tomlMarks, draw) + comment(), path, isWhole: true });
  };
  const table = (node: Value, names: readonly string[], path: Path): void => {
    const isTables = (item: Value): boolean => isList(item) && item.length > 0 && item.every((one) => isMap(one));
    const isSection = ([, item]: Entries[number]): boolean =>
      (isMap(item) || isTables(item)) && draw(() => fc.boolean());
    const sections: (readonly [string | number, Value])[] = [];
    for (const entry of entriesOf(node)) {
      if (isSection(entry)) sections.push(entry);
      else row(tomlMarks.key(String(entry[0]), draw), entry[1], [...path, entry[0]]);
    }
    for (const [key, item] of sections) {
      const inner = [...path, key];
      const name = [...names, String(key)];
      if (isList(item)) arrays.push(inner);
      const parts: Entries = isList(item) ? entriesOf(item) : [["", item]];
      for (const [index, part] of parts) {
        const own = index === "" ? inner : [...inner, index];
        if (draw(() => fc.boolean()))
          lines.push({ text: oneOf(draw, "", "# about"), path: [...own, "#"], isWhole: false });
        const header = index === "" ? `[${name.join(".")}]` : `[[${name.join(".")}]]`;
        lines.push({ text: header + comment(), path: own, isWhole: false });
        table(part, name, own);
      }
    }
  };
  table(value, [], []);
  return { lines, arrays };
}
