import fc from "fast-check";
import { expect, test } from "vitest";
import type { Scalar, Value } from "../../../src/base/value.ts";
import { packValue, unpackValue } from "../../../src/experiments/reading/packed-value.ts";

const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt(),
  fc.double(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("s", "i1", "fnan", ""),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(scalar, tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
}));

test("a value is what it was, by way of a text", () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(unpackValue(JSON.parse(JSON.stringify(packValue(given))))).toStrictEqual(given);
    }),
  );
});
