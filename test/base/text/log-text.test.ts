import { expect, test } from "vitest";
import { LogText } from "../../../src/base/text/log-text.ts";

function shown(...pieces: readonly (string | Buffer)[]): string {
  const text = new LogText();
  return pieces.map((piece) => text.next(Buffer.from(piece as string))).join("") + text.end();
}

const log = "\u001b[1;31mbad\u001b[0m\u001b]0;title\u0007 \u009b2J 50 %\rüber\r\nend\u202e\n\u001b[2J\u001b";
const safe = "bad\\x1b]0;title\\x07 \\x9b2J 50 %\nüber\nend\\u202e\n\\x1b[2J\\x1b";

test("colours go, other escapes are shown", () => {
  expect(shown(log)).toBe(safe);
});

test("wherever the pieces are cut", () => {
  const bytes = Buffer.from(log);
  for (let at = 1; at < bytes.length; at++) expect(shown(bytes.subarray(0, at), bytes.subarray(at))).toBe(safe);
  expect(shown(...Array.from(bytes, (byte) => Buffer.from([byte])))).toBe(safe);
});

test("bytes that are no text", () => {
  expect(shown(Buffer.from([0xff, 0x41]), Buffer.from([0xc3]))).toBe("\ufffdA\ufffd");
});
