/** Warnings and hints on a terminal, and elsewhere. */
import { expect, test } from "vitest";
import { noticeText } from "../../../src/cli/terminal/notice.ts";

const hint =
  "HINT: It holds for experiments elsewhere. `sweepline exp list -A --name-only` lists all of them.\n\tshort  line";

test("lines of a terminal end between words, and commands stay whole", () => {
  const text = noticeText({ isTTY: true, columns: 40 }, hint);
  expect(text).toBe(
    "HINT: It holds for experiments\nelsewhere.\n`sweepline exp list -A --name-only`\nlists all of them.\n\tshort  line\n",
  );
  expect(noticeText({ isTTY: true, columns: 0 }, hint)).toBe(`${hint}\n`);
  expect(noticeText({ isTTY: true, columns: 10 }, "a".repeat(30))).toBe(`${"a".repeat(30)}\n`);
});

test("a pipe gets them as they are", () => {
  expect(noticeText({ isTTY: false, columns: 40 }, hint)).toBe(`${hint}\n`);
});
