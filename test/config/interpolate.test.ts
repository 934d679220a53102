/** Interpolations of one config: what a path leads to, what a text gives, what is kept open, and what is refused. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs

import { describe, expect, test } from "vitest";
import { parseInterpolation } from "../../grammar/config-interpolation/parse.ts";
import { toPlain } from "../../src/base/value.ts";
import { Interpolation } from "../../src/config/interpolate.ts";
import { InterpolationFailure, type InterpolationOptions } from "../../src/config/interpolation.ts";
import { nodeAt, nodeOfFile, plainNode } from "../../src/config/node.ts";
import type { ConfigNode } from "../../src/config/types.ts";
import { readComposedFile } from "../../src/params/config-file.ts";

function configOf(text: string): ConfigNode {
  const { source, root } = readComposedFile({ path: "c.yaml", bytes: new TextEncoder().encode(text) });
  if (root === undefined) throw new TypeError("an empty config");
  return nodeOfFile(root, source);
}

const interpolation = (text: string, options: Partial<InterpolationOptions> = {}): Interpolation =>
  new Interpolation(configOf(text), { environment: {}, ...options });

/** All values of the config, resolved. */
function resolved(text: string, options: Partial<InterpolationOptions> = {}): unknown {
  const root = configOf(text);
  return toPlain(plainNode(new Interpolation(root, { environment: {}, ...options }).resolve(root, [])));
}

/** What `x` becomes. */
const becomes = (text: string): unknown =>
  (resolved(`x: ${JSON.stringify(text)}\na: 1\nt: text\n`) as { x: unknown }).x;

test.each<[text: string, value: unknown]>([
  ["${oc.decode:'1_000'}", 1000],
  ["${oc.decode:'+5'}", 5],
  ["${oc.decode:'1e3'}", 1000],
  ["${oc.decode:'1_0.5'}", 10.5],
  ["${oc.decode:'inf'}", Number.POSITIVE_INFINITY],
  ["${oc.decode:'-INF'}", Number.NEGATIVE_INFINITY],
  ["${oc.decode:'NaN'}", Number.NaN],
  ["${oc.decode:'TRUE'}", true],
  ["${oc.decode:'False'}", false],
  ["${oc.decode:'null'}", null],
  ["${oc.decode:'[a, [1], {}]'}", ["a", [1], {}]],
  ["${oc.decode:'{a: 1, 2: b, true: c}'}", { a: 1, 2: "b", true: "c" }],
  ["${oc.decode:'${t}'}", "text"],
  ['${oc.decode:"${a}${a}"}', 11],
  ["${oc.decode:\"'${a}'\"}", "1"],
  ["${oc.decode:'[]'}", []],
  ["${oc.create:[a,,b,]}", ["a", "", "b", ""]],
  ["${oc.create:[,a]}", ["", "a"]],
  ["${oc.env:NOPE,a\\,b}", "a,b"],
  ["${oc.${select}:a}", undefined],
])("%s", (text, value) => {
  if (value === undefined) expect(() => becomes(text)).toThrow("Interpolation key 'select' not found");
  else expect(becomes(text)).toEqual(value);
});

test.each<[text: string, message: string]>([
  ["${oc.decode:'[1'}", "oc.decode cannot read '[1'"],
  ["${oc.decode:'{[1]: a}'}", "oc.decode cannot read"],
  ["${${a}}", "an interpolation within a key must give a text, found 1"],
  ["${oc.${a}:b}", "an interpolation within a resolver's name must give a text, found 1"],
  ["${hydra.job.name}", "Interpolation key 'hydra.job.name' not found"],
  ["${nope.resolver:a}", "Unsupported interpolation type nope.resolver"],
  ["${oc.select:...a}", "Interpolation key '...a' not found"],
  ["${oc.env:}", "oc.env takes 1 to 2 arguments, found 0"],
  ["${oc.1:a}", "the name of a resolver is made of letters, digits, '_', '-' and dots"],
  ["${x}", "the interpolations go round in a circle"],
  ["${", "'}' or a quote is missing at the end"],
])("%s is refused with its place", (text, message) => {
  const code = "CONFIG_INTERPOLATION";
  expect(() => becomes(text)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(/^'c\.yaml', line 1, column 1: /) }),
  );
  expect(() => becomes(text)).toThrow(message);
});

test("an integer has as many digits as Python reads, and no more", () => {
  expect(becomes(`\${oc.decode:'${"9".repeat(4300)}'}`)).toBe("9".repeat(4300));
  expect(() => becomes(`\${oc.decode:'${"9".repeat(4301)}'}`)).toThrow("an integer has more than 4300 digits");
});

describe("a failure names the value that holds it, in short, and what there is", () => {
  const failureOf = (text: string): { message: string; hint?: string } => {
    try {
      resolved(text);
    } catch (error) {
      return error as { message: string; hint?: string };
    }
    throw new Error("nothing failed");
  };

  test("its key and its text", () => {
    expect(failureOf("d: {e: ['${nope}']}\n").message).toContain("(d.e.0: ${nope})");
    expect(failureOf(`d: "\${nope}${"x".repeat(200)}"\n`).message).toMatch(/\(d: \$\{nope\}x{70}\.\.\.\)/);
  });

  test.each<[text: string, hint: string | undefined]>([
    ["d: {one: 1}\nx: ${d.two}\n", "There is: one."],
    ["d: {one: 1, two: 2}\nx: ${d.three}\n", "There are: one, two."],
    ["d: {}\nx: ${d.three}\n", undefined],
    ["d: 1\nx: ${d.three}\n", undefined],
    ["x: ${..up}\n", "It leads above the top of the config."],
    ["x: ${hydra.job.num}\n", "The settings of Hydra itself are no part of the composed config."],
  ])("%j", (text, hint) => {
    expect(failureOf(text).hint).toBe(hint);
  });
});

describe("what would never end is refused", () => {
  test.each<[what: string, text: string, message: string]>([
    ["two that name each other", "a: ${b}\nb: ${a}\n", "the interpolations go round in a circle"],
    ["a mapping in itself", "a: {b: '${a}'}\n", "Interpolation to parent node detected"],
    ["mappings in each other", "a: {x: '${b}'}\nb: {y: '${a}'}\n", "the interpolations go round in a circle"],
    [
      "a chain of hundreds",
      Array.from({ length: 300 }, (_, at) => `k${at}: \${k${at + 1}}\n`).join(""),
      "the interpolations go round in a circle",
    ],
    [
      "mappings that double",
      `m0: {${Array.from({ length: 10 }, (_, at) => `k${at}: ${at}`).join(", ")}}\n${Array.from({ length: 20 }, (_, at) => `m${at + 1}: {a: '\${m${at}}', b: '\${m${at}}'}\n`).join("")}`,
      "interpolations repeat more than 100000 values",
    ],
    [
      "texts that double",
      `t0: ${"x".repeat(100)}\n${Array.from({ length: 20 }, (_, at) => `t${at + 1}: \${t${at}}\${t${at}}\n`).join("")}`,
      "the text grows beyond 1000000 characters",
    ],
  ])("%s", (_what, text, message) => {
    expect(() => resolved(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
  });
});

describe("a value that is still missing", () => {
  const text = "gone: ???\nx: ${gone}\ny: a ${gone}\n";

  test("is refused, or kept as DVC dumps it", () => {
    expect(() => resolved(text)).toThrow(
      expect.objectContaining({
        code: "CONFIG_MISSING_VALUE",
        message: expect.stringContaining("Missing mandatory value: gone"),
        hint: "It is ??? in the config: give it a value.",
      }),
    );
    expect(resolved(text, { missing: "keep" })).toEqual({ gone: "???", x: "???", y: "???" });
  });
});

test("what a resolver has to say is said once", () => {
  const told: string[] = [];
  const text = "new: 1\nold: '${oc.deprecated:new}'\na: ${old}\nb: ${old}\n";
  expect(resolved(text, { warn: (message) => told.push(message) })).toEqual({ new: 1, old: 1, a: 1, b: 1 });
  expect(told).toEqual(["'old' is deprecated. Change your code and config to use 'new'"]);
  expect(resolved(text)).toEqual({ new: 1, old: 1, a: 1, b: 1 });
});

describe("a path", () => {
  const config =
    "base: {lr: 1, list: [a, {k: v}]}\nref: ${base}\ntext: ${base.lr}\nmade: '${oc.decode:\"{a: 1}\"}'\ngone: ???\n";
  const located = (...path: readonly string[]): unknown => {
    const found = interpolation(config).locate(path);
    return found === undefined ? undefined : [found.path.map(String).join("."), toPlain(plainNode(found.node))];
  };

  test.each<[path: readonly string[], found: unknown]>([
    [
      ["base", "lr"],
      ["base.lr", 1],
    ],
    [
      ["ref", "lr"],
      ["base.lr", 1],
    ],
    [
      ["ref", "list", "1", "k"],
      ["base.list.1.k", "v"],
    ],
    [["text"], ["base.lr", 1]],
    [["nope"], undefined],
    [["gone"], undefined],
    [["gone", "x"], undefined],
    [["ref", "list", "7"], undefined],
    [["made", "a"], undefined],
  ])("%j leads to %j", (path, found) => {
    expect(located(...path)).toEqual(found);
  });

  test("of a list takes an index", () => {
    expect(() => located("base", "list", "k")).toThrow(
      new InterpolationFailure("CONFIG_INTERPOLATION", "'k' is not an index of a list"),
    );
  });
});

describe("the container behind a node", () => {
  const config =
    "base: {lr: 1}\nref: ${base}\nlist: '${oc.create:[1]}'\nbare: '${oc.decode:\"{a: 1}\"}'\ntext: ${base.lr}\nbad: ${nope}\nworse: '${oc.create:\"[\"}'\n";

  test.each<[key: string, value: unknown]>([
    ["ref", { lr: 1 }],
    ["list", [1]],
    ["bare", undefined],
    ["text", undefined],
    ["bad", undefined],
    ["worse", undefined],
  ])("%s: %j", (key, value) => {
    const root = configOf(config);
    const node = nodeAt(root, [key]);
    if (node === undefined) throw new TypeError(key);
    const found = new Interpolation(root, { environment: {} }).containerOf(node, [key]);
    expect(found === undefined ? undefined : toPlain(plainNode(found))).toEqual(value);
  });
});

test("a text alone is resolved where it would stand, and must give a text", () => {
  const one = interpolation("db: mysql\nport: 1\nd: {e: f}\n");
  expect(one.textAt("x_${db}_${d.e}", [])).toBe("x_mysql_f");
  expect(one.textAt("${.e}", ["d", "other"])).toBe("f");
  expect(() => one.textAt("${port}", [])).toThrow("'${port}' gives 1, not a text");
  expect(() => one.textAt("${nope}", [])).toThrow(InterpolationFailure);
});

test.each([
  ["${a b}", "INTERPOLATION_INVALID"],
  ["${a", "INTERPOLATION_INVALID"],
  [`\${a:${"[".repeat(5_000)}${"]".repeat(5_000)}}`, "INTERPOLATION_TOO_DEEP"],
])("what can't be read has a code and a place (%#)", (text, code) => {
  expect(parseInterpolation(text)).toMatchObject({ ok: false, issue: { code, offset: expect.any(Number) } });
});
