import fc from "fast-check";
import { expect, test } from "vitest";
import { readArguments } from "../../src/sweep/expand.ts";
import { searchSpace } from "../../src/sweep/space.ts";

const space = (...overrides: readonly string[]) => searchSpace([...readArguments(overrides, {})], {});

test("axes are what samplers need to know of them; keys of one value are none", () => {
  const { axes, size } = space("lr=interval(0,1.0)", "n=int(interval(1,9))", "u=range(1,9,2)", "m.json:o=a,b", "k=7");
  expect(axes).toEqual([
    { name: "params.yaml:lr", kind: "float" },
    { name: "params.yaml:n", kind: "float" },
    { name: "params.yaml:u", kind: "int", size: 4 },
    { name: "m.json:o", kind: "choice", size: 2 },
  ]);
  expect(size).toBe(Number.POSITIVE_INFINITY);
  expect(space("u=range(1,9,2)", "o=a,b", "k=7").size).toBe(8);
});

test("the shares of a point make the same point, whatever it is", () => {
  const whole = space(
    "a=interval(-3.0,5.0)",
    "b=tag(log,interval(1e-5,1e-1))",
    "c=int(interval(-2,7))",
    "d=x,y,z",
    "e=range(5)",
  );
  const log = space("f=tag(log,int(interval(1,1000)))");
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.tuple(share, share, share, share, share), (shares) => {
      const point = whole.at(shares);
      const again = whole.sharesOf(point);
      expect(again).toBeDefined();
      const [a, b, ...rest] = whole.at(again ?? []).map(({ text }) => text);
      const [firstA, firstB, ...firstRest] = point.map(({ text }) => text);
      expect(rest).toEqual(firstRest);
      const close = (one = "", other = "") => expect(Number(one.slice(2))).toBeCloseTo(Number(other.slice(2)), 4);
      close(a, firstA);
      close(b, firstB);
      const texts = (list: readonly { readonly text: string }[]) => list.map(({ text }) => text);
      expect(texts(log.at(log.sharesOf(log.at(shares)) ?? []))).toEqual(texts(log.at(shares)));
    }),
  );
});

test("what is not of the space has no shares", () => {
  const { sharesOf } = space("a=interval(0,1.0)", "o=x,y");
  const at = (...texts: readonly string[]) => sharesOf(texts.map((text) => ({ file: "params.yaml", text })));
  expect(at("a=0.5", "o=y")).toEqual([0.5, 0.75]);
  expect(at("a=2", "o=y")).toBeUndefined();
  expect(at("a=0.5", "o=z")).toBeUndefined();
  expect(at("a=0.5")).toBeUndefined();
  expect(at("a=0.5", "o=x", "q=1")).toBeUndefined();
});
