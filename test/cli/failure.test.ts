/** The line of a place: whole where it is short, its neighbourhood where it is long. */
import { describe, expect, test } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { printFailure } from "../../src/cli/terminal/failure.ts";

function linesOf(text: string, offset: number, length: number): readonly string[] {
  const written: string[] = [];
  const stderr = { write: (part: string) => written.push(part) > 0 };
  const place = { name: "override", text, offset, length };
  printFailure(new SweeplineError({ code: "BAD_OPTIONS", message: "no", place }), {
    stderr: stderr as unknown as NodeJS.WriteStream,
  });
  return written.join("").split("\n").slice(1, 3);
}

describe("the underlined line", () => {
  test.each([
    ["short", "a=[1", 4, 0, "  a=[1", "      ^"],
    ["cut on both sides", "x".repeat(10_000), 5000, 3, `  ...${"x".repeat(200)}...`, `  ${" ".repeat(103)}^^^`],
    ["cut at its end", "x".repeat(10_000), 0, 10_000, `  ${"x".repeat(200)}...`, `  ${"^".repeat(200)}`],
    ["cut at its start", "x".repeat(10_000), 10_000, 0, `  ...${"x".repeat(200)}`, `  ${" ".repeat(203)}^`],
  ])("%s", (_name, text, offset, length, line, marks) => {
    expect(linesOf(text, offset, length)).toEqual([line, marks]);
  });
});
