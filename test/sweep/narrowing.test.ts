/** --where and --when, beside products that are written out and looked at point by point. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expandOverrides, gridShape, type SweepShape, shapeWords } from "../../src/sweep/shape.ts";

async function points(overrides: readonly string[], shape: Partial<SweepShape> = {}): Promise<readonly string[]> {
  const { points: made } = await expandOverrides(overrides, { ...gridShape, ...shape }, {});
  return made.map((point) =>
    point.overrides.map(({ file, text }) => (file === "params.yaml" ? text : `${file}:${text}`)).join(" "),
  );
}

const where = (...conditions: readonly string[]) => ({ narrowing: { where: conditions, when: [] } });
const when = (key: string, condition: string, ...conditions: readonly string[]) => ({
  narrowing: { where: conditions, when: [{ key, condition }] },
});
const code = (value: string) => expect.objectContaining({ code: value });

describe("--where", () => {
  test("keeps the order of the product, whatever the order in which conditions are settled", async () => {
    expect(await points(["a=1,2,3", "b=1,2", "c=3,2,1"], where("a == c"))).toEqual([
      "a=1 b=1 c=1",
      "a=1 b=2 c=1",
      "a=2 b=1 c=2",
      "a=2 b=2 c=2",
      "a=3 b=1 c=3",
      "a=3 b=2 c=3",
    ]);
  });

  test("asks for keys by their end, with a prefix, of other files; for texts, null and what is deleted", async () => {
    expect(await points(["+train.lr=1,2", "m.json:lr=1,2"], where("train.lr < m.json:lr"))).toEqual([
      "+train.lr=1 m.json:lr=2",
    ]);
    expect(await points(["model.lr=1,2"], where("lr > 1"))).toEqual(["model.lr=2"]);
    expect(await points(["o=sgd,adam,null"], where('o =~ "^a" or o == null'))).toEqual(["o=adam", "o=null"]);
    expect(await points(["~x", "a=1,2"], where("x == null and a > 1"))).toEqual(["~x=null a=2"]);
  });

  test("several conditions hold together; of a sub-sweep without the key nothing is known", async () => {
    const twoParts = { and: [["b=1,2"]] };
    expect(await points(["a=1,2", "b=7"], { ...twoParts, ...where("a > 1", "b > 1") })).toEqual(["a=2 b=7"]);
    expect(await points(["a=1,2", "b=7"], { ...twoParts, ...where("a > 1 or a == null") })).toEqual([
      "a=2 b=7",
      "b=1",
      "b=2",
    ]);
  });

  test("texts that tell a number are equal to it, also where values are looked up", async () => {
    expect(await points(["a=1,2", "b='1',2.0,x"], where("a == b"))).toEqual(["a=1 b='1'", "a=2 b=2.0"]);
    expect(await points(["a=1,2,3"], where('"2" <= a < 3'))).toEqual(["a=2"]);
  });

  test("names that no override sets, and those that may mean two, are refused at their place", async () => {
    await expect(points(["units=1,2"], where("unit > 1"))).rejects.toThrow(code("FILTER_NAME_UNKNOWN"));
    await expect(points(["units=1,2"], where("unit > 1"))).rejects.toThrow("no override sets 'unit'");
    await expect(points(["a.lr=1,2", "b.lr=1"], where("lr > 1"))).rejects.toThrow("may mean several keys");
    await expect(points(["a=1,2"], where("a >"))).rejects.toThrow(code("FILTER_INVALID"));
  });

  test("of 10^9 combinations it makes those that remain", async () => {
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    const wide = keys.map((key) => `${key}=range(10)`);
    // By the last key first, by sums, and by an equation of keys far apart.
    expect(await points(wide, where("a == i and b == h and c == g and d == f and e == 0 and a < 1"))).toHaveLength(
      1000,
    );
    expect(await points(wide, where(`${keys.join(" + ")} <= 3`))).toHaveLength(220);
    const large = ["x=range(31623)", "y=range(31623)"];
    expect(await points(large, where("y == x * 2 and x % 16 == 0"))).toHaveLength(989);
    const sampled = { sample: { count: 5, sampler: "random" as const, seed: 1 } };
    expect(await points(wide, { ...sampled, ...where(`${keys.join(" + ")} == 1`) })).toHaveLength(5);
  });

  test("what can't be told before all keys have values is refused, not looked at for hours", async () => {
    const wide = Array.from({ length: 9 }, (_, key) => `k${key}=range(12)`);
    const sum = wide.map((_, key) => `k${key}`).join(" + ");
    await expect(points(wide, where(`(${sum}) % 97 == 96`))).rejects.toThrow(code("NARROWED_TOO_LATE"));
    await expect(points(wide, where("k0 == 1"))).rejects.toThrow(code("TOO_MANY_POINTS"));
  });
});

describe("--when", () => {
  test("the key has its values where the condition holds, and is not there elsewhere", async () => {
    expect(await points(["m=0.5,0.9", "o=sgd,adam"], when("m", 'o == "sgd"'))).toEqual([
      "m=0.5 o=sgd",
      "o=adam",
      "m=0.9 o=sgd",
    ]);
  });

  test("a condition may ask for a key that has one of its own; where it has no value nothing is known", async () => {
    const narrowing = {
      where: ["c == null or c > 1"],
      when: [
        { key: "c", condition: "b == 1" },
        { key: "b", condition: "a == 1" },
      ],
    };
    expect(await points(["a=0,1", "b=0,1", "c=1,2"], { narrowing })).toEqual(["a=0", "a=1 b=0", "a=1 b=1 c=2"]);
  });

  test("keys that advance together lose theirs one by one, and samples do", async () => {
    expect(await points(["a=1,2,3", "b=1,2,3"], { zip: [["a", "b"]], ...when("b", "a > 1") })).toEqual([
      "a=1",
      "a=2 b=2",
      "a=3 b=3",
    ]);
    const sampled = { sample: { count: 20, sampler: "random" as const, seed: undefined } };
    const drawn = await points(["o=sgd,adam", "m=interval(0,1)"], {
      ...sampled,
      ...when("m", 'o == "sgd"', 'm < 1 or o != "sgd"'),
    });
    expect(drawn).toContain("o=adam");
    for (const point of drawn) expect(point).toMatch(/^(o=adam|o=sgd m=0.\d+)$/);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test("a key that is not set, and one that depends on itself, are refused", async () => {
    await expect(points(["a=1,2"], when("b", "a == 1"))).rejects.toThrow(code("WHEN_KEY"));
    const narrowing = {
      where: [],
      when: [
        { key: "a", condition: "b == 1" },
        { key: "b", condition: "a == 1" },
      ],
    };
    await expect(points(["a=1,2", "b=1,2"], { narrowing })).rejects.toThrow("'a' needs 'b' needs 'a'");
  });
});

test("the words of conditions are those that were typed", () => {
  const shape = { ...gridShape, ...when("m", "o == 1", "a < b") };
  expect(shapeWords(shape)).toEqual(["--where", "a < b", "--when", "m: o == 1"]);
});

type Values = readonly (number | undefined)[];
interface Condition {
  readonly text: string;
  readonly holds: (values: Values) => boolean | undefined;
}

const key = fc.integer({ min: 0, max: 3 });
const constant = fc.integer({ min: -2, max: 5 });

function known(used: readonly (number | undefined)[], test: (...numbers: number[]) => boolean): boolean | undefined {
  const numbers = used.flatMap((value) => (value === undefined ? [] : [value]));
  return numbers.length < used.length ? undefined : test(...numbers);
}

const leaves: fc.Arbitrary<Condition> = fc.oneof(
  fc.tuple(key, key).map(([a, b]) => ({
    text: `k${a} < k${b}`,
    holds: (values: Values) => known([values[a], values[b]], (x = 0, y = 0) => x < y),
  })),
  fc.tuple(key, key, constant).map(([a, b, c]) => ({
    text: `k${a} == k${b} * ${c} - 1`,
    // What is missing is equal to nothing but null: that is known.
    holds: (values: Values) => known([values[a], values[b]], (x = 0, y = 0) => x === y * c - 1) ?? false,
  })),
  fc.tuple(key, key, key, constant).map(([a, b, c, limit]) => ({
    text: `k${a} - k${b} + k${c} >= ${limit}`,
    holds: (values: Values) => known([values[a], values[b], values[c]], (x = 0, y = 0, z = 0) => x - y + z >= limit),
  })),
  fc.tuple(key, constant).map(([a, c]) => ({
    text: `k${a} != ${c}`,
    holds: (values: Values) => known([values[a]], (x) => x !== c),
  })),
  key.map((a) => ({ text: `k${a} == null`, holds: (values: Values) => values[a] === undefined })),
  key.map((a) => ({
    text: `k${a} in [0, 2]`,
    holds: (values: Values) => known([values[a]], (x) => x === 0 || x === 2),
  })),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaves,
    tie("condition").map(({ text, holds }) => ({
      text: `not (${text})`,
      holds: (values: Values) => {
        const held = holds(values);
        return held === undefined ? undefined : !held;
      },
    })),
    fc.tuple(tie("condition"), tie("condition"), fc.boolean()).map(([a, b, isOr]) => ({
      text: `(${a.text} ${isOr ? "or" : "and"} ${b.text})`,
      holds: (values: Values) => {
        const answers = [a.holds(values), b.holds(values)];
        return answers.includes(isOr) ? isOr : answers.includes(undefined) ? undefined : !isOr;
      },
    })),
  ),
}));

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 });

function allValues(counts: readonly number[]): readonly (readonly number[])[] {
  return counts.reduce<readonly (readonly number[])[]>(
    (made, count) => made.flatMap((before) => Array.from({ length: count }, (_, value) => [...before, value])),
    [[]],
  );
}

test("whatever the conditions: the points are those of the product for which they hold, in its order", async () => {
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.array(condition, { maxLength: 3 }),
      fc.option(condition),
      async (counts, wheres, needed) => {
        const overrides = counts.map((count, at) => `k${at}=range(${count})`);
        // The last key has values only where a condition on the others holds; it may name itself, which is refused.
        const own = needed === null || needed.text.includes("k3") ? undefined : needed;
        const narrowing = {
          where: wheres.map(({ text }) => text),
          when: own === undefined ? [] : [{ key: "k3", condition: own.text }],
        };
        const expected = allValues(counts).flatMap((values) => {
          const left = own === undefined || own.holds(values) === true ? values : values.slice(0, 3);
          const text = left.map((value, at) => `k${at}=${value}`).join(" ");
          return wheres.every(({ holds }) => holds(left) === true) ? [text] : [];
        });
        expect(await points(overrides, { narrowing })).toEqual([...new Set(expected)]);
      },
    ),
    { numRuns: 150 },
  );
});
