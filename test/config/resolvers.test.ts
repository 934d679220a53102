/** OmegaConf's own resolvers, called by themselves: what they take, what they give, and what they refuse in which words. */
import { describe, expect, test } from "vitest";
import { toPlain, type Value } from "../../src/base/value.ts";
import type { Located } from "../../src/config/interpolation.ts";
import { nodeOf, plainNode } from "../../src/config/node.ts";
import { type ResolverContext, type ResolverResult, resolvers } from "../../src/config/resolvers.ts";

const values = new Map<string, Value>([
  ["lr", 1n],
  ["db", new Map<string, Value>([["host", "h"]])],
  ["open", new Map<string, Value>([["gone", "???"]])],
]);

function locatedAt(key: string): Located | undefined {
  const value = values.get(key);
  return value === undefined ? undefined : { node: nodeOf(value, { kind: "hydra" }), path: [key], isResolved: true };
}

function call(name: string, ...args: readonly Value[]): { result: ResolverResult; warnings: readonly string[] } {
  const warnings: string[] = [];
  const context: ResolverContext = {
    environment: { HOME: "/home/me", EMPTY: "" },
    warn: (message) => warnings.push(message),
    key: "old.lr",
    select: locatedAt,
    decode: (text) => `decoded ${text}`,
    valueOf: ({ node }) => plainNode(node),
  };
  const result = resolvers[name]?.(args, context);
  if (result === undefined) throw new TypeError(`no resolver ${name}`);
  return { result, warnings };
}

const given = (name: string, ...args: readonly Value[]): unknown => {
  const { result } = call(name, ...args);
  return toPlain(result.kind === "located" ? plainNode(result.located.node) : result.value);
};

test("there are those of OmegaConf 2.3, and no others", () => {
  expect(Object.keys(resolvers).sort()).toEqual(
    "oc.create oc.decode oc.deprecated oc.dict.keys oc.dict.values oc.env oc.select".split(" "),
  );
});

test.each<[name: string, args: readonly Value[], result: unknown]>([
  ["oc.env", ["HOME"], "/home/me"],
  ["oc.env", ["EMPTY", "x"], ""],
  ["oc.env", ["NOPE", "x"], "x"],
  ["oc.env", ["NOPE", 1.5], "1.5"],
  ["oc.env", ["NOPE", true], "True"],
  ["oc.env", ["NOPE", null], null],
  ["oc.env", ["toString", "x"], "x"],
  ["oc.select", ["lr"], 1],
  ["oc.select", ["nope"], null],
  ["oc.select", ["nope", [1n]], [1]],
  ["oc.decode", ["1"], "decoded 1"],
  ["oc.decode", [null], null],
  ["oc.create", [[1n, "a"]], [1, "a"]],
  ["oc.create", [null], null],
  ["oc.create", [""], {}],
  ["oc.create", ["a: [010]"], { a: [8] }],
  ["oc.create", ["word"], { word: null }],
  ["oc.dict.keys", ["db"], ["host"]],
  ["oc.dict.values", ["db"], ["h"]],
  ["oc.deprecated", ["lr"], 1],
])("%s of %o", (name, args, result) => {
  expect(given(name, ...args)).toEqual(result);
});

test.each<[name: string, args: readonly Value[], message: string]>([
  ["oc.env", [], "oc.env takes 1 to 2 arguments, found 0"],
  ["oc.env", ["A", "b", "c"], "oc.env takes 1 to 2 arguments, found 3"],
  ["oc.env", [1n], "oc.env takes a text first, found 1"],
  ["oc.env", [null], "oc.env takes a text first, found None"],
  ["oc.env", ["NOPE"], "Environment variable 'NOPE' not found"],
  ["oc.select", [true], "oc.select takes a text first, found True"],
  ["oc.decode", [], "oc.decode takes 1 arguments, found 0"],
  ["oc.decode", [[1n]], "oc.decode takes a text first, found [1]"],
  ["oc.create", [1n], "oc.create takes a mapping, a list or YAML, found 1"],
  ["oc.create", ["1.5"], "oc.create takes a mapping, a list or YAML, found 1.5"],
  ["oc.dict.keys", ["nope"], "Key not found: 'nope'"],
  ["oc.dict.keys", ["lr"], "oc.dict.keys takes the key of a mapping; 'lr' is none"],
  ["oc.dict.values", ["lr"], "oc.dict.values takes the key of a mapping; 'lr' is none"],
  ["oc.deprecated", ["nope"], "In oc.deprecated resolver at 'old.lr': Key not found: 'nope'"],
  ["oc.deprecated", ["lr", 1n], "oc.deprecated takes a text first, found 1"],
])("%s of %o is refused", (name, args, message) => {
  expect(() => call(name, ...args)).toThrow(expect.objectContaining({ code: "CONFIG_INTERPOLATION", message }));
});

test("a value that is still missing can't be listed", () => {
  expect(() => call("oc.dict.values", "open")).toThrow(
    expect.objectContaining({ code: "CONFIG_MISSING_VALUE", message: "Missing mandatory value: gone" }),
  );
  expect(given("oc.dict.keys", "open")).toEqual(["gone"]);
});

describe("what a resolver gives", () => {
  test("is a container where OmegaConf makes one, so that more can be merged into it", () => {
    const kinds = (["oc.create", "oc.decode"] as const).map((name) => call(name, "a: 1").result.kind);
    expect([...kinds, call("oc.select", "db").result.kind, call("oc.select", "x", [1n]).result.kind]).toEqual([
      "container",
      "bare",
      "located",
      "bare",
    ]);
  });
});

test("oc.deprecated names the old key and the new one, in the words given or its own", () => {
  expect(call("oc.deprecated", "lr").warnings).toEqual([
    "'old.lr' is deprecated. Change your code and config to use 'lr'",
  ]);
  expect(call("oc.deprecated", "lr", "$OLD_KEY is $NEW_KEY now, $OLD_KEY!").warnings).toEqual([
    "old.lr is lr now, old.lr!",
  ]);
});
