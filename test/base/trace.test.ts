/** Where nobody looks, nothing is made to be shown; what is traced comes back, or fails, as it would alone. */
import { expect, test } from "vitest";
import { beginSpan, isTracing, note, traced } from "../../src/base/trace.ts";

const loud = (): never => {
  throw new Error("a text was made though nobody looks");
};

test("no text is made", () => {
  note("git", loud);
  expect(traced({ topic: "git", name: "x", detail: loud }, () => 7)).toBe(7);
  expect(beginSpan({ topic: "git", name: "x" })).toBeUndefined();
  expect(isTracing()).toBe(false);
});

test("a promise stays the one that the work made", async () => {
  const promise = Promise.resolve(7);
  expect(traced({ topic: "git", name: "x", detail: loud }, () => promise)).toBe(promise);
  await expect(traced({ topic: "git", name: "x" }, () => Promise.reject(new TypeError("no")))).rejects.toThrow(
    TypeError,
  );
});
