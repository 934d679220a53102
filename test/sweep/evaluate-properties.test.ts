import fc from "fast-check";
import { expect, test } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { evaluateOverride } from "../../src/sweep/evaluate.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { readForPeople } from "../../src/sweep/reading.ts";
import { recordedOverride } from "../../src/sweep/recorded.ts";
import { almostOverride } from "../grammar/almost-override.ts";

const inOrder = { random: () => 1 - Number.EPSILON };

test("any text is evaluated, told and recorded without a throw", () => {
  fc.assert(
    fc.property(almostOverride, (text) => {
      const { ok } = evaluateOverride(text);
      const record = recordedOverride(text, inOrder);
      expect(record.ok).toBe(ok);
      expect(() => JSON.stringify(record)).not.toThrow();
      readForPeople([text], inOrder);
    }),
    { numRuns: 3000 },
  );
});

test("any list of texts gives points or a refusal, and all points have the same keys", () => {
  fc.assert(
    fc.property(fc.array(almostOverride, { maxLength: 3 }), (args) => {
      try {
        const { points } = expandPoints(args, inOrder);
        const keys = points.map(({ overrides }) =>
          overrides.map(({ file, edit }) => `${file} ${edit.path.join(".")}`).join(),
        );
        expect(new Set(keys).size).toBeLessThanOrEqual(1);
      } catch (error) {
        expect(error).toBeInstanceOf(SweeplineError);
      }
    }),
    { numRuns: 3000 },
  );
});

test("a rendered job means what its value was, where it is no text that looks like another type", () => {
  const value = fc.constantFrom(
    "1",
    "-0.0",
    "1e-7",
    "true",
    "null",
    "a b",
    "'x, y'",
    "[1,'a',{b:c d}]",
    "{1:2.5,c:[]}",
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 5 }), (values) => {
      const { points } = expandPoints([`k=${values.join(",")}`]);
      const alone = values.map((text) => expandPoints([`k=${text}`]).points[0]?.overrides[0]?.edit.value);
      expect(points.map(({ overrides }) => overrides[0]?.edit.value)).toEqual(alone);
    }),
  );
});
