/** Sweeps of other shapes than one grid, beside products that are written out naively. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expandOverrides, gridShape, type SweepShape, shapeWords } from "../../src/sweep/shape.ts";

async function points(overrides: readonly string[], shape: Partial<SweepShape> = {}): Promise<readonly string[]> {
  const expansion = await expandOverrides(overrides, { ...gridShape, ...shape }, {});
  return expansion.points.map((point) =>
    point.overrides.map(({ file, text }) => (file === "params.yaml" ? text : `${file}:${text}`)).join(" "),
  );
}

const code = (value: string) => expect.objectContaining({ code: value });

describe("--zip", () => {
  test("keys advance together where they stand, and multiply with the others", async () => {
    expect(await points(["a=1,2", "b=5,6", "c=8,9"], { zip: [["a", "c"]] })).toEqual([
      "a=1 b=5 c=8",
      "a=1 b=6 c=8",
      "a=2 b=5 c=9",
      "a=2 b=6 c=9",
    ]);
  });

  test("names keys with prefixes and of other files", async () => {
    expect(await points(["+a=1,2", "m.json:b=3,4"], { zip: [["a", "m.json:b"]] })).toEqual([
      "+a=1 m.json:b=3",
      "+a=2 m.json:b=4",
    ]);
  });

  test("different numbers of values are told, and keys that nothing sets", async () => {
    await expect(points(["a=1,2", "b=3"], { zip: [["a", "b"]] })).rejects.toThrow(code("ZIP_UNEQUAL"));
    await expect(points(["a=1,2", "b=3"], { zip: [["a", "b"]] })).rejects.toThrow(/a has 2 and b has 1/);
    await expect(points(["a=1,2"], { zip: [["a", "q"]] })).rejects.toThrow(code("ZIP_KEY"));
    const twice = {
      zip: [
        ["a", "b"],
        ["b", "c"],
      ],
    };
    await expect(points(["a=1,2", "b=1,2", "c=1,2"], twice)).rejects.toThrow("'b' is in two --zip");
    await expect(points(["a=1,2", "b=1,2"], { zip: [["a", "b"]], and: [["a=3,4"]] })).rejects.toThrow(code("ZIP_KEY"));
  });
});

describe("--and", () => {
  test("is the union, doubles once, whatever the order of their keys", async () => {
    expect(await points(["a=1,2", "b=1"], { and: [["b=1", "a=2,3"], ["c=1"]] })).toEqual([
      "a=1 b=1",
      "a=2 b=1",
      "b=1 a=3",
      "c=1",
    ]);
  });
});

describe("--repeat", () => {
  test("counts a key fastest", async () => {
    expect(await points(["a=1,2"], { repeat: { times: 2, key: "seed" } })).toEqual([
      "a=1 seed=0",
      "a=1 seed=1",
      "a=2 seed=0",
      "a=2 seed=1",
    ]);
    expect(await points([], { repeat: { times: 2, key: "s.t" } })).toEqual(["s.t=0", "s.t=1"]);
  });

  test("refuses a key that an override sets", async () => {
    await expect(points(["seed=1"], { repeat: { times: 2, key: "seed" } })).rejects.toThrow(code("REPEAT_KEY"));
  });
});

const sample = (count: number, facts: Partial<NonNullable<SweepShape["sample"]>> = {}) => ({
  sample: { count, sampler: "random" as const, seed: undefined, ...facts },
});

describe("--sample", () => {
  test("draws from intervals, lists and ranges; keys of one value stay", async () => {
    const drawn = await points(["lr=tag(log,interval(1e-4,1))", "n=int(interval(1,3))", "o=a,b", "k=7"], sample(50));
    expect(drawn).toHaveLength(50);
    for (const point of drawn) expect(point).toMatch(/^lr=[0-9.e-]+ n=[123] o=[ab] k=7$/);
    expect(new Set(drawn.map((point) => point.split(" ")[1]))).toEqual(new Set(["n=1", "n=2", "n=3"]));
  });

  test("more points extend the list; each point is drawn once; no more than there are", async () => {
    for (const sampler of ["random", "halton", "sobol"] as const) {
      const few = await points(["a=range(10)", "b=range(10)"], sample(7, { sampler }));
      const more = await points(["a=range(10)", "b=range(10)"], sample(60, { sampler }));
      expect(more.slice(0, 7)).toEqual(few);
      expect(new Set(more).size).toBe(60);
      expect((await points(["a=range(10)", "b=range(10)"], sample(1000, { sampler }))).length).toBe(100);
    }
  });

  test("zipped keys are drawn together, repeated ones counted for each", async () => {
    const shape = { ...sample(2), zip: [["a", "b"]], repeat: { times: 2, key: "s" } };
    for (const point of await points(["a=1,2,3", "b=4,5,6"], shape))
      expect(point).toMatch(/^a=(1 b=4|2 b=5|3 b=6) s=[01]$/);
    expect(await points(["a=1,2,3", "b=4,5,6"], shape)).toHaveLength(4);
  });

  test("sobol has no numbers for so many keys; without --sample an interval is no list", async () => {
    const many = Array.from({ length: 22 }, (_, at) => `k${at}=interval(0,1)`);
    await expect(points(many, sample(2, { sampler: "sobol" }))).rejects.toThrow(code("SAMPLE"));
    expect(await points(many, sample(2, { sampler: "halton" }))).toHaveLength(2);
    await expect(points(["a=interval(0,1)"], { zip: [["a", "a"]] })).rejects.toThrow(code("INTERVAL_NOT_LISTED"));
  });
});

test("the words of a shape are those that were typed", async () => {
  const shape = { zip: [["a", "b"]], and: [["c=1"]], ...sample(3, { seed: 4 }), repeat: { times: 2, key: "s" } };
  expect(shapeWords(shape).join(" ")).toBe(
    "--zip a,b --sample 3 --sampler random --seed 4 --repeat 2 --repeat-key s --and c=1",
  );
});

test("too many points are refused before they are made", async () => {
  const wide = ["a=range(1000)", "b=range(1000)", "c=1,2"];
  await expect(points(wide, { repeat: { times: 1, key: "s" } })).rejects.toThrow(code("TOO_MANY_POINTS"));
});

/** Values of each key: a to e. */
const grids = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });

function product(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.reduce<readonly string[]>(
    (made, list) => made.flatMap((before) => list.map((value) => (before === "" ? value : `${before} ${value}`))),
    [""],
  );
}

test("whatever is swept: zip, and, repeat are the naive product, union and replicas", async () => {
  await fc.assert(
    fc.asyncProperty(grids, grids, fc.integer({ min: 1, max: 3 }), async (first, second, times) => {
      const lists = (sizes: readonly number[]) =>
        sizes.map((size, key) => Array.from({ length: size }, (_, value) => `k${key}=${value}`));
      const texts = (sizes: readonly number[]) =>
        sizes.map((size, key) => `k${key}=${Array.from({ length: size }, (_, value) => value).join(",")}`);
      const seeds = Array.from({ length: times }, (_, seed) => `seed=${seed}`);
      const union = [...new Set([first, second].flatMap((sizes) => product([...lists(sizes), seeds])))];
      expect(await points(texts(first), { and: [texts(second)], repeat: { times, key: "seed" } })).toEqual(union);
      const size = first[0] ?? 1;
      const beside = Array.from({ length: size }, (_, value) => `z=${value}`);
      const zipped = product(lists(first)).flatMap((point) => {
        const at = Number(/^k0=(\d)/.exec(point)?.[1]);
        return [`${point} ${beside[at]}`];
      });
      const z = `z=${Array.from({ length: size }, (_, value) => value).join(",")}`;
      expect(await points([...texts(first), z], { zip: [["k0", "z"]] })).toEqual(zipped);
    }),
  );
});
