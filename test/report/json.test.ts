import fc from "fast-check";
import { expect, test } from "vitest";
import type { Value, ValueMap } from "../../src/base/value.ts";
import { type JsonItem, jsonPieces, jsonText } from "../../src/report/json.ts";

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 5 }),
  fc.constantFrom("null", "\n", "[]", "\u202e", null, true, 1n, 0.5, Number.NaN),
);
const mapping: fc.Arbitrary<ValueMap> = fc
  .array(fc.tuple(fc.string({ maxLength: 3 }), scalar), { maxLength: 3 })
  .map((entries) => new Map(entries));
const value: fc.Arbitrary<Value> = fc.oneof(scalar, mapping, fc.array(mapping, { maxLength: 2 }));

interface Case {
  readonly whole: Value;
  readonly item: JsonItem;
}

const plain: fc.Arbitrary<Case> = value.map((whole) => ({ whole, item: whole }));
const nested: fc.Arbitrary<Case> = fc.tuple(mapping, fc.array(value, { maxLength: 3 })).map(([fields, items]) => ({
  whole: new Map([...fields, ["last key", items]]),
  item: { fields, lastKey: "last key", items },
}));

test("a list in pieces has the same bytes as the whole text", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(plain, nested), { maxLength: 4 }), (cases) => {
      for (const layout of ["line", "indented"] as const) {
        const pieces = [
          ...jsonPieces(
            cases.map(({ item }) => item),
            layout,
          ),
        ];
        const whole = cases.map((each) => each.whole);
        expect(pieces.join("")).toBe(jsonText(whole, layout));
      }
    }),
  );
});
