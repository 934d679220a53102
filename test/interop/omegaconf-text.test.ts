/** The text of a composed params.yaml beside that of the real OmegaConf, to the byte. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Scalar, Value } from "../../src/base/value.ts";
import { dumpOmegaConf } from "../../src/yaml/omegaconf.ts";
import { describeWithDvc, runPython } from "./peers.ts";
import { typed } from "./typed.ts";

const script = `
import sys, json
from omegaconf import OmegaConf
def build(v):
    t, x = v
    if t == "map": return {build(k): build(i) for k, i in x}
    if t == "list": return [build(i) for i in x]
    return {"null": lambda: None, "bool": lambda: x, "int": lambda: int(x), "float": lambda: float(x), "str": lambda: x}[t]()
for line in sys.stdin:
    print(json.dumps(OmegaConf.to_yaml(OmegaConf.create(build(json.loads(line))))))
`;

/** Words that YAML, PyYAML or Python reads as something else, and what stands in configs. */
const words = [
  ..."y|N|yes|No|on|OFF|true|Null|~|<<|=|-|?|:|---|...|!x|&a|*a|@x|%y|`|???|''|\"|#|a #b|a# b|a: b|a:b|: a|:a|-a|- a|?a|a?".split(
    "|",
  ),
  ..."1|-1|+1|0|00|017|08|0x1F|0b1|0o7|1_000|1:30|1:30.5|1.|.5|1e3|1E-3|1e|.inf|-.INF|.nan|nan|inf|Infinity|-inf|1.2.3|１２|1__0".split(
    "|",
  ),
  ..."2020-01-01|2020-1-1|2020-01-01 10:00:00|2020-01-01T10:00:00.5Z|./data|a@b|a=b|a  b|[a]|{a}|a]|a, b|,|é|😀|C:\\dir|tab\tx|\u00a0|\ufeff|a\u2028b".split(
    "|",
  ),
  "",
  " ",
  " a",
  "a ",
  "a\nb",
  "a\n",
  "\na",
  "a \nb",
  "a\n b",
  "\n",
  "it's",
  "\x07",
  "\u0085",
  "\ud800",
  "\u{10ffff}",
  "\u{10fffe}",
  " 1 ",
  "1\n",
];
const pieces = [
  ..."aZ0 '\"\\\n\t:#-?,[{&*!|>%@`~=.é😀\u0085\u2028\u00a0",
  " ",
  "  ",
  "word",
  "longer-word",
  ": ",
  " #",
];

const strings = fc.oneof(
  fc.constantFrom(...words),
  fc.string({ maxLength: 8 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join("")),
  fc
    .array(fc.constantFrom("lorem", "ipsum", "x", "a-very-long-word-of-a-path", "é", "it's"), { maxLength: 40 })
    .map((parts) => parts.join(" ")),
);
const texts = strings.filter((text) => (!text.includes("${") && !text.includes("\ud800")) || text === "\ud800");
const numbers = fc.oneof(
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
  fc.double(),
  fc.constantFrom(0, -0, 1, 1e-5, 1e16, 1e17, 123456789.125),
);
const scalars: fc.Arbitrary<Scalar> = fc.oneof(
  { weight: 4, arbitrary: texts },
  numbers,
  fc.boolean(),
  fc.constant(null),
);
const keys: fc.Arbitrary<Scalar> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("lr", "net", "a b", "y") },
  texts,
  fc.bigInt({ min: 0n, max: 99n }),
  fc.boolean(),
  fc.constantFrom(0.5, 1e-5),
  fc.integer({ min: 115, max: 130 }).map((length) => "k".repeat(length)),
);

function entriesOf(inner: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  // Python takes 1, 1.0 and True for one key.
  return fc
    .uniqueArray(fc.tuple(keys, inner), {
      maxLength: 4,
      selector: ([key]) => (typeof key === "string" ? key : `#${Number(key)}`),
    })
    .map((entries) => new Map(entries));
}
const values = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: scalars },
    fc.array(tie("value"), { maxLength: 3 }),
    entriesOf(tie("value")),
  ),
})).value;

describeWithDvc("the text of composed parameters", () => {
  test.each([1, 2, 3])("of 2,000 generated configs, seed %i", (seed) => {
    const configs = fc.sample(entriesOf(values), { numRuns: 2000, seed });
    const theirs = runPython(script, configs.map(typed));
    expect(configs.map(dumpOmegaConf)).toEqual(theirs);
  });

  test("of every word, as a value, in a list and as a key", () => {
    const configs = words.map(
      (word) =>
        new Map<Scalar, Value>([
          ["k", word],
          ["list", [word, [word]]],
          [word === "k" ? "k2" : word, 1n],
        ]),
    );
    expect(configs.map(dumpOmegaConf)).toEqual(runPython(script, configs.map(typed)));
  });
});
