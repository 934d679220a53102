import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isList, isMap, type Value } from "../../src/base/value.ts";
import { openParamFile, readDataFile } from "../../src/params/data-file.ts";
import type { ParamEdit } from "../../src/params/types.ts";
import { at, type Draw, maps, pathsOf, scalarsOrNull, values, yamlLines } from "./generate.ts";
import { edit, expectLines, replaced, type Sample, untouched } from "./lines.ts";

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

async function edited(text: string, edits: readonly ParamEdit[]): Promise<{ text: string; value: Value }> {
  const file = await openParamFile({ path: "params.yaml", bytes: Buffer.from(text) });
  const after = file.edit(edits);
  return { text: after, value: await readDataFile({ path: "params.yaml", bytes: Buffer.from(after) }) };
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
        // A null cannot be deleted: for Hydra nothing is there.
        const paths = pathsOf(made.value).filter((candidate) => at(made.value, candidate) !== null);
        fc.pre(paths.length > 0);
        const path = g(() => fc.constantFrom(...paths));
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
