/** Whatever is edited in a JSON, TOML or Python file: the values differ by the edit alone, and all other lines are there. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { isList, isMap, type Scalar, sameValue, type Value } from "../../src/base/value.ts";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";
import type { ParamEdit } from "../../src/params/types.ts";
import { at, type Draw, type Line, maps, type Path, pathsOf, scalars, scalarsOrNull, values } from "./generate.ts";
import { edit, replaced, startsWith, untouched } from "./lines.ts";
import { jsonLines, pythonLines, tomlLines } from "./marked-lines.ts";

interface Made {
  readonly lines: readonly Line[];
  readonly arrays: readonly Path[];
}

interface FormatCase {
  readonly path: string;
  readonly make: (value: Value, draw: Draw) => Made;
  readonly scalar: () => fc.Arbitrary<Scalar>;
}

const finite = (scalar: () => fc.Arbitrary<Scalar>) => () =>
  scalar().filter((value) => typeof value !== "number" || Number.isFinite(value));
const small = () => finite(scalars)().filter((value) => typeof value !== "bigint" || value < 2n ** 62n);

const formats: readonly FormatCase[] = [
  {
    path: "p.json",
    make: (value, draw) => ({ lines: jsonLines(value, draw), arrays: [] }),
    scalar: finite(scalarsOrNull),
  },
  { path: "p.toml", make: tomlLines, scalar: small },
  {
    path: "p.py",
    make: (value, draw) => ({ lines: pythonLines(value, draw), arrays: [] }),
    scalar: finite(scalarsOrNull),
  },
];

interface Wanted {
  readonly edit: ParamEdit;
  readonly expected: Value;
  /** Lines at and below it may change. */
  readonly touched: Path;
}

interface Situation {
  readonly value: Value;
  readonly arrays: readonly Path[];
  readonly draw: Draw;
  readonly scalar: () => fc.Arbitrary<Scalar>;
}

/** An array of tables that turns into a plain one is touched as a whole. */
function wholeArray(arrays: readonly Path[], path: Path): Path {
  const around = arrays.find((array) => array.length === path.length - 1 && startsWith(path, array));
  return around === undefined ? path : around;
}

function emptied(expected: Value, path: Path): Path {
  const holder = path.slice(0, -1);
  const left = at(expected, holder);
  const isEmpty = (isMap(left) && left.size === 0) || (isList(left) && left.length === 0);
  return isEmpty ? holder : path;
}

function wantedEdit({ value, arrays, draw, scalar }: Situation): Wanted {
  const path = draw(() => fc.constantFrom(...pathsOf(value)));
  const present = at(value, path) ?? null;
  const kind = draw(() => fc.constantFrom("change", "change", "delete", "delete-value", "add", "extend-list", "merge"));
  const wanted = draw(() => values(2, scalar));
  if (kind.startsWith("delete") && present !== null) {
    const expected = replaced(value, path, undefined);
    const made = edit("delete", path, kind === "delete" ? undefined : present);
    return { edit: made, expected, touched: emptied(expected, path) };
  }
  if (kind === "extend-list" && isList(present)) {
    const isArray = arrays.some((array) => array.join() === path.join());
    const touched = isArray && !isMap(wanted) ? path : [...path, "new"];
    return { edit: edit(kind, path, [wanted]), expected: replaced(value, path, [...present, wanted]), touched };
  }
  if (kind === "add" && isMap(present)) {
    const inner = [...path, "added"];
    return { edit: edit(kind, inner, wanted), expected: replaced(value, inner, wanted), touched: inner };
  }
  if (kind === "merge" && isMap(present)) {
    const key = draw(() => fc.constantFrom("added", ...[...present.keys()].map(String)));
    const single = draw(scalar);
    const inner = [...path, key];
    return {
      edit: edit("force-add", path, new Map([[key, single]])),
      expected: replaced(value, inner, single),
      touched: inner,
    };
  }
  const fits = isMap(present) ? false : !isMap(wanted) || !isList(present);
  const single = fits ? wanted : draw(scalar);
  const touched = isMap(single) ? path : wholeArray(arrays, path);
  return { edit: edit("change", path, single), expected: replaced(value, path, single), touched };
}

/** Lines up to the comma at their end, which comes and goes with the entry behind them. */
const withoutComma = (line: string): string => line.replace(/,(\s*#.*)?$/, "$1");

function expectThere(before: readonly string[], after: string, eol: string): void {
  const lines = after
    .replace(/^\ufeff/, "")
    .split(eol)
    .map(withoutComma);
  let from = 0;
  for (const line of before.map(withoutComma)) {
    const found = lines.indexOf(line, from);
    expect(found, `the line ${JSON.stringify(line)} is gone from\n${after}`).toBeGreaterThanOrEqual(0);
    from = found + 1;
  }
}

/** Only what a Python file cannot do may be refused: a class that goes away or becomes a value, a key that is no name. */
function textAfter(work: () => string): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SweeplineError && error.code.startsWith("PYTHON_")) return undefined;
    throw error;
  }
}

const runs = Number(process.env.SWEEPLINE_RUNS ?? 150);

describe.each(formats)("any file like $path and any edit", ({ path, make, scalar }) => {
  it("differs by the edit alone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const draw: Draw = (arbitrary) => g(arbitrary);
        const drawn = g(() => maps(values(3, scalar), 1));
        const { lines, arrays } = make(drawn, draw);
        const eol = lines.length === 1 ? "\n" : g(() => fc.constantFrom("\n", "\n", "\r\n"));
        const mark = g(() => fc.constantFrom("", "", "", "\ufeff"));
        const text = mark + lines.map((line) => line.text).join(eol) + g(() => fc.constantFrom(eol, eol, ""));
        const file = await openParamFile({ path, bytes: Buffer.from(text) });
        const { value } = file;
        fc.pre(pathsOf(value).length > 0);
        const wanted = wantedEdit({ value, arrays, draw, scalar });
        const after = textAfter(() => file.edit([wanted.edit]));
        if (after === undefined) return;
        const read = await readDataFile({ path, bytes: Buffer.from(after) });
        expect(sameValue(read, wanted.expected), `${wanted.edit.text}\n${text}\n=>\n${after}`).toBe(true);
        expectThere(untouched({ value, lines, text, eol }, wanted.touched), after, eol);
        if (eol === "\r\n") expect(after.replaceAll("\r\n", "")).not.toContain("\n");
        expect(after.startsWith("\ufeff")).toBe(mark !== "");
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
