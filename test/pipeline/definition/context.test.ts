/** The values that templates see: files and mappings of `vars`, in DVC's order, with DVC's refusals. */
import { describe, expect, test } from "vitest";
import { toPlain, type Value } from "../../../src/base/value.ts";
import { emptyContext, fileContext, fileOf, varsOf, withVars } from "../../../src/pipeline/definition/context.ts";

const map = (...entries: readonly (readonly [string, Value])[]): Map<string, Value> => new Map(entries);
const files: Readonly<Record<string, Value>> = {
  "/p/params.yaml": map(["lr", 1n], ["deep", map(["a", 1n])]),
  "/p/more.yaml": map(["x", 1n], ["y", 2n], ["deep", map(["b", 2n])]),
  "/p/list.yaml": [1n],
};
const place = { folder: "/p", read: (file: string) => files[file] };
const context = (...vars: readonly Value[]) => fileContext(vars, place);
const valuesOf = (...vars: readonly Value[]): unknown => toPlain(context(...vars).values);

describe("vars bring in", () => {
  test("params.yaml first, then files and mappings, merged", () => {
    expect(valuesOf("more.yaml", map(["deep", map(["c", 3n])], ["z", 3n]))).toEqual({
      lr: 1,
      deep: { a: 1, b: 2, c: 3 },
      x: 1,
      y: 2,
      z: 3,
    });
    expect(toPlain(fileContext([], { folder: "/elsewhere", read: place.read }).values)).toEqual({});
  });

  test("some keys of a file, and more of it later; a whole file may be named twice", () => {
    expect(valuesOf("more.yaml:x", "more.yaml:y")).toMatchObject({ x: 1, y: 2 });
    expect(valuesOf("more.yaml", "more.yaml", "params.yaml", "more.yaml:")).toMatchObject({ x: 1 });
  });

  test("what each came from", () => {
    const made = context("more.yaml:x", map(["deep", map(["c", 3n])]));
    expect(fileOf(made, ["x"])).toBe("/p/more.yaml");
    expect(fileOf(made, ["deep", "a"])).toBe("/p/params.yaml");
    expect([fileOf(made, ["deep", "c"]), fileOf(made, ["nope"])]).toEqual([undefined, undefined]);
    expect(toPlain(new Map([...varsOf(made)]))).toEqual({ x: 1, "deep.c": 3 });
  });
});

describe("refused", () => {
  test.each<[what: string, vars: readonly Value[], message: string]>([
    ["a file that is not there", ["nope.yaml"], "'nope.yaml' does not exist"],
    ["a file that is no mapping", ["list.yaml"], "expected a dictionary in file 'list.yaml'"],
    ["a key that a file has not", ["more.yaml:x,nope"], "could not find 'nope' in 'more.yaml'"],
    ["a part of a whole file", ["params.yaml:lr"], "cannot partially load 'params.yaml:lr' as it's already loaded."],
    ["a key twice", ["more.yaml:x", "more.yaml:x"], "cannot load 'more.yaml:x' as it's partially loaded already"],
    [
      "a whole file after a part",
      ["more.yaml:x", "more.yaml"],
      "cannot load 'more.yaml' as it's partially loaded already",
    ],
    ["a value again", [map(["lr", 2n])], "cannot redefine 'lr' from 'vars[0]' as it already exists in 'params.yaml'"],
    [
      "a value in a mapping again",
      [map(["deep", map(["a", 2n])])],
      "cannot redefine 'deep.a' from 'vars[0]' as it already exists in 'params.yaml'",
    ],
    [
      "a value of an earlier mapping",
      [map(["own", 1n]), map(["own", 2n])],
      "cannot redefine 'own' from 'vars[1]' as it already exists in 'vars[0]'",
    ],
  ])("%s", (_what, vars, message) => {
    expect(() => context(...vars)).toThrow(message);
  });

  test("of a stage's own vars, in its name", () => {
    const before = context(map(["own", 1n]));
    expect(() => withVars(before, [map(["own", 2n])], { ...place, stage: "train" })).toThrow(
      "cannot redefine 'own' from 'train.vars[0]' as it already exists in 'vars[0]'",
    );
    expect(() => withVars({ ...before, sources: new Map() }, [map(["own", 2n])], place)).toThrow("exists in 'vars'");
    expect(() => withVars(emptyContext, ["nope.yaml"], place)).toThrow(
      expect.objectContaining({ missing: "/p/nope.yaml" }),
    );
  });
});
