import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SweeplineError } from "../../../src/base/errors.ts";
import { isList, isMap, type Scalar, sameValue, type Value } from "../../../src/base/value.ts";
import { openParamFile, readDataFile } from "../../../src/params/data-file.ts";
import type { ParamEdit } from "../../../src/params/types.ts";
import {
  at,
  type Draw,
  jsonText,
  maps,
  type Path,
  pathsOf,
  pythonText,
  scalars,
  scalarsOrNull,
  tomlText,
  values,
} from "../generate.ts";

interface FormatCase {
  readonly path: string;
  readonly write: (value: Value, draw: Draw) => string;
  readonly scalar: () => fc.Arbitrary<Scalar>;
}

const formats: readonly FormatCase[] = [
  { path: "params.json", write: jsonText, scalar: scalarsOrNull },
  { path: "params.toml", write: tomlText, scalar: () => scalars().filter((value) => !isHuge(value)) },
  { path: "params.py", write: pythonText, scalar: scalarsOrNull },
];

/** TOML's integers have 64 bits. */
function isHuge(value: Scalar): boolean {
  return typeof value === "bigint" && value > 2n ** 62n;
}

/** Any edit that has a meaning for the value. */
function editOf(value: Value, draw: Draw, scalar: () => fc.Arbitrary<Scalar>): ParamEdit {
  const paths = pathsOf(value);
  const path = draw(() => fc.constantFrom(...paths));
  const present = at(value, path);
  const text = `edit of ${path.join(".")}`;
  const named = path.map(String);
  const wanted = draw(() => values(1, scalar));
  const isContainer = isMap(present) || isList(present);
  const kind = draw(() => fc.constantFrom("change", "delete", "add", "extend-list"));
  if (kind === "delete" && present !== null) return { kind, path: named, value: undefined, text };
  if (kind === "extend-list" && isList(present)) return { kind, path: named, value: [wanted], text };
  if (kind === "add" && isMap(present)) return { kind, path: [...named, "added"], value: wanted, text };
  const fits = !isContainer || (!isMap(wanted) && isList(wanted) === isList(present));
  return { kind: "change", path: named, value: fits ? wanted : draw(scalar), text };
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.replace(/,$/, ""));
}

/** How many lines at the start and at the end are the same. */
function sameEnds(before: readonly string[], after: readonly string[]): number {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return head + tail;
}

function isPlainChange(edit: ParamEdit, value: Value): boolean {
  const path: Path = edit.path.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  const present = at(value, path);
  return (
    edit.kind === "change" &&
    !isMap(present) &&
    !isList(present) &&
    !isMap(edit.value ?? null) &&
    !isList(edit.value ?? null)
  );
}

describe.each(formats)("any edit of $path", ({ path, write, scalar }) => {
  it("reads back as asked, and a changed value changes one line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const draw: Draw = (arbitrary) => g(arbitrary);
        const text = write(
          g(() => maps(values(3, scalar), 1)),
          draw,
        );
        const file = await openParamFile({ path, bytes: Buffer.from(text) });
        expect(await readDataFile({ path, bytes: Buffer.from(text) })).toEqual(file.value);
        const edit = editOf(file.value, draw, scalar);
        const after = edited(() => file.edit([edit]));
        if (after === undefined) return;
        const read = await readDataFile({ path, bytes: Buffer.from(after) });
        expect(sameValue(read, file.apply([edit])), `${text}\n=>\n${after}`).toBe(true);
        if (isPlainChange(edit, file.value))
          expect(sameEnds(linesOf(text), linesOf(after))).toBeGreaterThanOrEqual(linesOf(text).length - 1);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });
});

/** Only what a Python file cannot do may be refused: a class that goes away, or becomes a value. */
function edited(work: () => string): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SweeplineError && error.code.startsWith("PYTHON_")) return undefined;
    throw error;
  }
}
