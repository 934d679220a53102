/** What an edit makes of values and of lines, written apart from the code under test. */
import { expect } from "vitest";
import { isList, isMap, type Scalar, type Value } from "../../src/base/value.ts";
import type { ParamEdit } from "../../src/params/types.ts";
import type { Line, Path } from "./generate.ts";

export interface Sample {
  readonly value: Value;
  readonly lines: readonly Line[];
  readonly text: string;
  readonly eol: string;
}

export function edit(kind: ParamEdit["kind"], path: Path, value?: Value): ParamEdit {
  return { kind, path: path.map(String), value, text: `${kind} ${path.join(".")}` };
}

/** A copy with the value at a path replaced, or taken out where it is undefined. */
export function replaced(value: Value, path: Path, wanted: Value | undefined): Value {
  const [key, ...rest] = path;
  if (key === undefined) return wanted ?? null;
  if (isList(value)) {
    const items = [...value];
    if (rest.length === 0 && wanted === undefined) items.splice(Number(key), 1);
    else items[Number(key)] = replaced(items[Number(key)] ?? null, rest, wanted);
    return items;
  }
  const map = new Map<Scalar, Value>(isMap(value) ? value : []);
  if (rest.length === 0 && wanted === undefined) map.delete(String(key));
  else map.set(String(key), replaced(map.get(String(key)) ?? null, rest, wanted));
  return map;
}

export function startsWith(path: Path, head: Path): boolean {
  return head.every((key, index) => path[index] === key);
}

/** The lines of the sample that an edit at `path` has no business with. */
export function untouched({ lines }: Sample, path: Path): string[] {
  return lines
    .filter((line) => !startsWith(line.path, path) && !(line.isWhole && startsWith(path, line.path)))
    .filter((line) => line.path[0] !== "#")
    .map((line) => line.text);
}

export function expectLines(after: string, expected: readonly string[], eol: string): void {
  const lines = after.replace(/^\ufeff/, "").split(eol);
  let from = 0;
  for (const line of expected) {
    const found = lines.indexOf(line, from);
    expect(found, `the line ${JSON.stringify(line)} is gone from ${JSON.stringify(after)}`).toBeGreaterThanOrEqual(0);
    from = found + 1;
  }
}
