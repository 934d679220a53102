import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMap, type Value } from "../../src/base/value.ts";
import { mergeMaps } from "../../src/config/merge.ts";
import { nodeOf, plainNode } from "../../src/config/node.ts";
import type { MapNode, Path } from "../../src/config/types.ts";

const source = { kind: "hydra" } as const;

function mapOf(entries: Iterable<readonly [string, Value]>): MapNode {
  const node = nodeOf(new Map(entries), source);
  if (node.kind !== "map") throw new TypeError("no mapping");
  return node;
}

function merged(base: MapNode, over: MapNode, added?: (path: Path) => void): Value {
  return plainNode(
    mergeMaps(base, over, {
      path: [],
      environment: {},
      rootWith: (here) => here,
      ...(added === undefined ? {} : { added }),
    }),
  );
}

const map = (...entries: readonly (readonly [string, Value])[]): Map<string, Value> => new Map(entries);

/** Mappings of the same shape: a key holds a mapping in both or in none, so that they can be merged. */
const tree = (depth: number): fc.Arbitrary<Map<string, Value>> =>
  fc
    .record(
      {
        a: fc.integer({ min: 0, max: 3 }),
        b: fc.constantFrom<Value>("text", null, true),
        list: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
        ...(depth === 0 ? {} : { inner: tree(depth - 1), other: tree(depth - 1) }),
      },
      { requiredKeys: [] },
    )
    .map((record) => new Map(Object.entries(record)) as Map<string, Value>);

function byHand(base: ReadonlyMap<unknown, Value>, over: ReadonlyMap<unknown, Value>): Map<unknown, Value> {
  const result = new Map(base);
  for (const [key, value] of over) {
    const present = base.get(key);
    const isBoth = present !== undefined && isMap(present) && isMap(value);
    result.set(key, isBoth ? (byHand(present, value) as Value) : value);
  }
  return result;
}

describe("mappings", () => {
  test("merge key by key, keep the order of the first, and replace all that is none", () => {
    fc.assert(
      fc.property(tree(2), tree(2), (base, over) => {
        const result = merged(mapOf(base), mapOf(over));
        expect(result).toEqual(byHand(base, over));
        expect([...(result as Map<string, Value>).keys()].slice(0, base.size)).toEqual([...base.keys()]);
      }),
    );
  });

  test("laid over themselves, over nothing, or with nothing over them stay as they are", () => {
    fc.assert(
      fc.property(tree(2), (base) => {
        for (const [one, two] of [
          [base, base],
          [base, new Map()],
          [new Map(), base],
        ] as const)
          expect(merged(mapOf(one), mapOf(two))).toEqual(base);
      }),
    );
  });

  test("two merges one after the other are one of all three", () => {
    fc.assert(
      fc.property(tree(1), tree(1), tree(1), (a, b, c) => {
        const left = merged(mapOf(merged(mapOf(a), mapOf(b)) as Map<string, Value>), mapOf(c));
        const right = merged(mapOf(a), mapOf(merged(mapOf(b), mapOf(c)) as Map<string, Value>));
        expect(left).toEqual(right);
      }),
    );
  });
});

test.each<[string, Value, Value, Value]>([
  ["a missing value changes no value", 1n, "???", 1n],
  ["a missing value changes no mapping", map(["b", 1n]), "???", map(["b", 1n])],
  ["null replaces a mapping", map(["b", 1n]), null, null],
  ["a mapping replaces null", null, map(["b", 1n]), map(["b", 1n])],
  ["a list replaces a list whole", [1n, 2n, 3n], [4n], [4n]],
  ["a list replaces a value", "x", [4n], [4n]],
  ["an empty mapping leaves what is there", map(["b", 1n]), map(), map(["b", 1n])],
])("%s", (_name, base, over, result) => {
  expect(merged(mapOf([["a", base]]), mapOf([["a", over]]))).toEqual(map(["a", result]));
});

test.each<[string, Value, Value, string]>([
  ["a mapping over a list", [1n], map(["b", 1n]), "'a' is a mapping here and a list in"],
  ["a list over a mapping", map(["b", 1n]), [1n], "'a' is a list here and a mapping in"],
])("%s is refused", (_name, base, over, message) => {
  expect(() => merged(mapOf([["a", base]]), mapOf([["a", over]]))).toThrow(
    expect.objectContaining({ code: "CONFIG_KIND_CONFLICT", message: expect.stringContaining(message) }),
  );
});

test("keys that are new are told, at any depth, and no others", () => {
  const told: string[] = [];
  const over = mapOf([
    ["a", map(["b", 2n], ["new", map(["below", 1n])])],
    ["c", 3n],
  ]);
  merged(mapOf([["a", map(["b", 1n])]]), over, (path) => told.push(path.join(".")));
  expect(told).toEqual(["a.new", "c"]);
});
