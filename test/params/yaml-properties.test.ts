import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isList, isMap, type Scalar, type Value } from "../../src/base/value.ts";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";
import type { ParamEdit } from "../../src/params/types.ts";
import { at, type Draw, type Line, maps, type Path, pathsOf, scalarsOrNull, values, yamlLines } from "./generate.ts";

interface Sample {
  readonly value: Value;
  readonly lines: readonly Line[];
  readonly text: string;
  readonly eol: string;
}

const documents = maps(values(3, scalarsOrNull), 1);

function draw(g: fc.GeneratorValue): Draw {
  return (arbitrary) => g(arbitrary);
}

function sample(g: fc.GeneratorValue): Sample {
  const value = g(() => documents);
  const lines = yamlLines(value, draw(g));
  // A single line tells no line end.
  const eol = lines.length === 1 ? "\n" : g(() => fc.constantFrom("\n", "\n", "\r\n"));
  const mark = g(() => fc.constantFrom("", "", "", "\ufeff"));
  const last = g(() => fc.constantFrom(eol, eol, ""));
  return { value, lines, eol, text: mark + lines.map((line) => line.text).join(eol) + last };
}

function edit(kind: ParamEdit["kind"], path: Path, value?: Value): ParamEdit {
  return { kind, path: path.map(String), value, text: `${kind} ${path.join(".")}` };
}

async function edited(text: string, edits: readonly ParamEdit[]): Promise<{ text: string; value: Value }> {
  const file = await openParamFile({ path: "params.yaml", bytes: Buffer.from(text) });
  const after = file.edit(edits);
  return { text: after, value: await readDataFile({ path: "params.yaml", bytes: Buffer.from(after) }) };
}

/** A copy with the value at a path replaced, or taken out where it is undefined: written apart from the code under test. */
function replaced(value: Value, path: Path, wanted: Value | undefined): Value {
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

function startsWith(path: Path, head: Path): boolean {
  return head.every((key, index) => path[index] === key);
}

/** The lines of the sample that an edit at `path` has no business with. */
function untouched({ lines }: Sample, path: Path): string[] {
  return lines
    .filter((line) => !startsWith(line.path, path) && !(line.isWhole && startsWith(path, line.path)))
    .filter((line) => line.path[0] !== "#")
    .map((line) => line.text);
}

function expectLines(after: string, expected: readonly string[], eol: string): void {
  const lines = after.replace(/^\ufeff/, "").split(eol);
  let from = 0;
  for (const line of expected) {
    const found = lines.indexOf(line, from);
    expect(found, `the line ${JSON.stringify(line)} is gone from ${JSON.stringify(after)}`).toBeGreaterThanOrEqual(0);
    from = found + 1;
  }
}

const runs = { numRuns: 150, endOnFailure: true };

describe("any YAML document and any edit", () => {
  it("reads what the generator wrote", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const made = sample(g);
        expect(await readDataFile({ path: "params.yaml", bytes: Buffer.from(made.text) })).toEqual(made.value);
      }),
      runs,
    );
  });

  it("changes one value and no other line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const made = sample(g);
        // A mapping would be merged into, not replaced: another test.
        const paths = pathsOf(made.value).filter((candidate) => !isMap(at(made.value, candidate)));
        fc.pre(paths.length > 0);
        const path = g(() => fc.constantFrom(...paths));
        const isOfList = isList(at(made.value, path));
        const wanted = g(() =>
          fc.oneof(scalarsOrNull(), isOfList ? fc.array(scalarsOrNull()) : values(2, scalarsOrNull)),
        );
        const after = await edited(made.text, [edit("change", path, wanted)]);
        expect(after.value).toEqual(replaced(made.value, path, wanted));
        expectLines(after.text, untouched(made, path), made.eol);
      }),
      runs,
    );
  });

  it("adds a key and keeps every line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const made = sample(g);
        const holders = [[], ...pathsOf(made.value)].filter((path) => isMap(at(made.value, path)));
        const holder = g(() => fc.constantFrom(...holders));
        const path = [...holder, "added_key"];
        const wanted = g(() => values(2, scalarsOrNull));
        const after = await edited(made.text, [edit("add", path, wanted)]);
        expect(after.value).toEqual(replaced(made.value, path, wanted));
        expectLines(after.text, untouched(made, path), made.eol);
      }),
      runs,
    );
  });
});

describe("any YAML document and any deletion or extension", () => {
  it("deletes a key or an item and keeps every other line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const made = sample(g);
        const path = g(() => fc.constantFrom(...pathsOf(made.value)));
        const holder = path.slice(0, -1);
        const after = await edited(made.text, [edit("delete", path)]);
        const expected = replaced(made.value, path, undefined);
        expect(after.value).toEqual(expected);
        const left = at(expected, holder);
        const isEmptied = (isMap(left) && left.size === 0) || (isList(left) && left.length === 0);
        expectLines(after.text, untouched(made, isEmptied ? holder : path), made.eol);
      }),
      runs,
    );
  });

  it("extends a list and keeps every line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const made = sample(g);
        const lists = pathsOf(made.value).filter((path) => isList(at(made.value, path)));
        fc.pre(lists.length > 0);
        const path = g(() => fc.constantFrom(...lists));
        const more = g(() => fc.array(values(1, scalarsOrNull), { minLength: 1, maxLength: 2 }));
        const list = at(made.value, path);
        const after = await edited(made.text, [edit("extend-list", path, more)]);
        expect(after.value).toEqual(replaced(made.value, path, [...(isList(list) ? list : []), ...more]));
        expectLines(after.text, untouched(made, [...path, "new"]), made.eol);
      }),
      runs,
    );
  });
});

describe("several edits of any YAML document", () => {
  it("are made as if one after the other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const made = sample(g);
        const leaves = pathsOf(made.value).filter((path) => {
          const value = at(made.value, path);
          return !isMap(value) && !isList(value);
        });
        fc.pre(leaves.length > 0);
        const chosen = g(() => fc.array(fc.tuple(fc.constantFrom(...leaves), scalarsOrNull()), { maxLength: 4 }));
        const after = await edited(
          made.text,
          chosen.map(([path, value]) => edit("change", path, value)),
        );
        const expected = chosen.reduce<Value>((value, [path, wanted]) => replaced(value, path, wanted), made.value);
        expect(after.value).toEqual(expected);
      }),
      runs,
    );
  });
});
