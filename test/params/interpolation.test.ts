// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of parameter files look like that
/** Interpolations in a value that is set: what they become, and what is refused. */
import { expect, test } from "vitest";
import { toPlain, type Value } from "../../src/base/value.ts";
import { resolveInterpolations } from "../../src/params/interpolation.ts";

const root = new Map<string, Value>([
  ["lr", 0.1],
  ["name", "lr"],
  [
    "d",
    new Map<string, Value>([
      ["e", "${.f}"],
      ["f", "${..lr}"],
      ["l", [1n, "${lr}"]],
    ]),
  ],
  ["a", "${b}"],
  ["b", "${a}"],
]);
const env = { HOME: "/home/me", EMPTY: "" };
const resolved = (value: Value, path: readonly string[] = ["x"]): unknown =>
  toPlain(resolveInterpolations(value, path, { root, text: "x=...", env }));

test.each<[value: Value, result: unknown]>([
  ["plain", "plain"],
  [7n, 7],
  ["${lr}", 0.1],
  ["a ${lr} b ${name}", "a 0.1 b lr"],
  ["${${name}}", 0.1],
  ["${ d[l][1] }", 0.1],
  ["${d}", { e: 0.1, f: 0.1, l: [1, 0.1] }],
  [
    ["${lr}", "x"],
    [0.1, "x"],
  ],
  [new Map([["k", "${name}"]]), { k: "lr" }],
  ["\\${lr}", "${lr}"],
  ["\\\\${lr}", "\\0.1"],
  ["x\\${lr} ${name}", "x${lr} lr"],
  ["${oc.env:HOME}", "/home/me"],
  ["${oc.env:EMPTY,x}", ""],
  ["${oc.env:NOPE,x}", "x"],
  ["${oc.env:NOPE,'a b'}", "a b"],
  ["${oc.env:NOPE,null}", null],
])("%o", (value, result) => {
  expect(resolved(value)).toEqual(result);
});

test("a dot counts from where the value stands", () => {
  expect(resolved("${.e}", ["d", "x"])).toBe(0.1);
  expect(resolved("${..lr}", ["d", "x"])).toBe(0.1);
});

test.each<[value: string, message: string]>([
  ["${nope}", "Interpolation key 'nope' not found in 'x=...'"],
  ["${}", "Interpolation key '' not found"],
  ["${lr.deeper}", "Interpolation key 'lr.deeper' not found"],
  ["${lr", "'${' without '}'"],
  ["${${lr}", "'${' without '}'"],
  ["${...lr}", "'${...lr}' leads above the top"],
  ["${oc.env:NOPE}", "Environment variable 'NOPE' not found"],
  ["${now:%Y}", "the resolver 'now' is not supported"],
  ["${a}", "the interpolations go round in a circle"],
])("%s is refused", (value, message) => {
  expect(() => resolved(value)).toThrow(
    expect.objectContaining({
      code: "PARAM_INTERPOLATION",
      message: expect.stringContaining(message),
      hint: "To keep the text as it is, write \\${...}.",
    }),
  );
});
