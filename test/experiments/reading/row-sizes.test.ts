import { expect, test } from "vitest";
import { RowSizes } from "../../../src/experiments/reading/row-sizes.ts";
import type { ObjectId } from "../../../src/git/ids.ts";

const mebibyte = 1024 ** 2;
const file = (id: string, size: number) => [{ file: "params.yaml", id: id as ObjectId, size }];
const refused = expect.objectContaining({ code: "REVISION_TOO_LARGE" });

test("one row has a limit", () => {
  const sizes = new RowSizes();
  sizes.add(file("a", 4 * mebibyte));
  expect(() => sizes.add(file("b", 4 * mebibyte + 1))).toThrow(refused);
});

test("large rows have a limit together, small ones have none", () => {
  const sizes = new RowSizes();
  for (const id of ["a", "b", "c", "d"]) sizes.add(file(id, 4 * mebibyte));
  expect(() => sizes.add(file("e", mebibyte))).toThrow(refused);
  for (let at = 0; at < 1000; at++) sizes.add(file(`small ${at}`, 200_000));
});

test("what rows share is counted once", () => {
  const sizes = new RowSizes();
  for (let at = 0; at < 100; at++) sizes.add(file("shared", 4 * mebibyte));
});
