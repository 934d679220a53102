import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Scalar, sameValue, type Value } from "../../src/base/value.ts";
import { dataReader } from "../../src/params/data-file.ts";
import { dumpYaml } from "../../src/yaml/ruamel.ts";
import { scanYaml } from "../../src/yaml/scan.ts";
import { untyped } from "./recorded.ts";
import recorded from "./ruamel-texts.json" with { type: "json" };

const words = [
  "a",
  "--lr",
  "0.1",
  "'",
  '"',
  ":",
  "#",
  "- x",
  "é",
  "😀",
  "{",
  "yes",
  "null",
  "true",
  "007",
  "a: b",
  "\\",
  "\t",
  "\n",
];
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(" ")),
  fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((parts) => parts.join("")),
);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  fc.double(),
);
const key = fc.string({ unit: "grapheme", maxLength: 30 });

function mapOf(value: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries): Value => new Map<Scalar, Value>(entries));
}

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    mapOf(tie("value")),
  ),
}));

/** Negative zero is written -0.0 and read as a float that compares equal; NaN equals itself here. */
async function readBack(written: string): Promise<Value | undefined> {
  const read = await dataReader("x.yaml");
  const whole = read({ path: "x.yaml", bytes: Buffer.from(written) });
  return whole instanceof Map ? whole.get("root") : undefined;
}

describe("dumpYaml", () => {
  it("writes what a YAML parser reads back as the same value", async () => {
    await fc.assert(
      fc.asyncProperty(value, async (original) => {
        const written = dumpYaml(new Map([["root", original]]));
        const read = await readBack(written);
        if (!sameValue(read, original)) throw new Error(`written:\n${written}`);
      }),
      { numRuns: 300 },
    );
  });

  it("is read by the quick reader as by the parser, or left to the parser", async () => {
    await fc.assert(
      fc.asyncProperty(value, async (original) => {
        const quick = scanYaml(dumpYaml(new Map([["root", original]])));
        if (quick === undefined) return;
        if (!(quick instanceof Map) || !sameValue(quick.get("root"), original)) throw new Error("read differently");
      }),
      { numRuns: 300 },
    );
  });

  // Each line below was printed by ruamel.yaml 0.19 with DVC's settings.
  it.each<[string, Value, string]>([
    ["a list in a mapping", new Map([["a", [1n, [2n, 3n]]]]), "a:\n- 1\n- - 2\n  - 3\n"],
    ["nothing", new Map([["a", null]]), "a:\n"],
    ["YAML 1.1 words", new Map([["a", "yes"]]), "a: yes\n"],
    ["digits", new Map([["a", "007"]]), "a: '007'\n"],
    ["floats", new Map([["a", [1e-7, 1e17, 0.1, 1]]]), "a:\n- 1e-07\n- 1e+17\n- 0.1\n- 1.0\n"],
    ["lines", new Map([["a", "x\ny\n"]]), 'a: "x\\ny\\n"\n'],
    ["an apostrophe that needs quotes", new Map([["a", "'x'"]]), "a: \"'x'\"\n"],
    ["a word that is too long", new Map([["a", "x".repeat(90)]]), `a: \n  ${"x".repeat(90)}\n`],
    ["a long text", new Map([["a", "word ".repeat(17).trim()]]), `a: ${"word ".repeat(15)}\n  word word\n`],
  ])("writes %s as ruamel does", (_name, original, expected) => {
    expect(dumpYaml(original)).toBe(expected);
  });

  it("writes a list that two keys share once, and refers to it", () => {
    const shared: Value = [1n];
    expect(
      dumpYaml(
        new Map<Scalar, Value>([
          ["a", new Map([["b", shared]])],
          ["a.b", shared],
        ]),
      ),
    ).toBe("a:\n  b: &id001\n  - 1\na.b: *id001\n");
  });
});

describe("texts recorded from DVC 3's dumps_yaml (ruamel.yaml)", () => {
  it.each(recorded.map(([value, text]) => ({ value: value as unknown[], text: text as string })))(
    "$text",
    ({ value, text }) => {
      expect(dumpYaml(untyped(value))).toBe(text);
    },
  );
});
