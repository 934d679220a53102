/** How a failure is shown: its place underlined, also in a long line, and failures of the system in words. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { SweeplineError } from "../../../src/base/errors.ts";
import { printFailure } from "../../../src/cli/terminal/failure.ts";
import type { Io } from "../../../src/cli/terminal/io.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

function shown(error: unknown): { readonly code: number | undefined; readonly text: string } {
  let text = "";
  const code = printFailure(error, { stderr: { write: (more: string) => (text += more) } } as unknown as Pick<
    Io,
    "stderr"
  >);
  return { code, text };
}

function failureAt(text: string, offset: number, length: number): string {
  const place = { name: "override", text, offset, length };
  return shown(new SweeplineError({ code: "BAD_OPTIONS", message: "bad", place })).text;
}

test("the place is underlined in its line", () => {
  expect(failureAt("lr=[1,,2]", 6, 1)).toContain("  lr=[1,,2]\n        ^\n");
  expect(failureAt("one\ntwo\tthree\nfour", 8, 5)).toContain("  two three\n      ^^^^^\n");
  expect(failureAt("a\u001bb", 1, 1)).toContain("  a\\x1bb\n   ^^^^\n");
  expect(failureAt("end", 3, 0)).toContain("  end\n     ^\n");
});

test("of a long line only what is around the place is shown", () => {
  const lines = failureAt(`${"a".repeat(500)}X${"b".repeat(500)}`, 500, 1).split("\n");
  const [line = "", mark = ""] = lines.filter((each) => each.startsWith("  "));
  expect(line).toMatch(/^ {2}\.\.\.a+Xb+\.\.\.$/);
  expect(line.length).toBeLessThan(220);
  expect(mark.indexOf("^")).toBe(line.indexOf("X"));
});

test("failures of the system are told in words, with what was tried; a bug is not told here", () => {
  const folder = makeTemporaryFolder();
  writeFileSync(path.join(folder, "f"), "");
  const failure = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const inFile = failure(() => writeFileSync(path.join(folder, "f/x"), ""));
  expect(shown(inFile)).toEqual({ code: 255, text: expect.stringMatching(/^ERROR: cannot (read|write) '.*f\/x': /) });
  expect([shown(new Error("bug")), shown("text")]).toEqual([
    { code: undefined, text: "" },
    { code: undefined, text: "" },
  ]);
});
