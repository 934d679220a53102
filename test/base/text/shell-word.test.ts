import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readableShellWord, shellWord } from "../../../src/base/text/shell-word.ts";

test.each([
  ["a", "a"],
  ["", "''"],
  ["it's", `'it'"'"'s'`],
  ["$(x)", "'$(x)'"],
])("the shell word of %j is %s", (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test.each([
  ["a=1", "a=1"],
  ["a=[1,2]", "'a=[1,2]'"],
  ["~a", "'~a'"],
  ["a=it's", '"a=it\'s"'],
  ["a=it's$", `'a=it'"'"'s$'`],
])("%s as a word of a shell, for people", (word, quoted) => {
  expect(readableShellWord(word)).toBe(quoted);
});

describe("a shell reads back", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ab '\"$`\\!*?[]{}()<>|&;#~=\n\t-é".split("")), maxLength: 12 });

  test.each([
    ["shellWord", shellWord],
    ["readableShellWord", readableShellWord],
  ])("what %s wrote", (_name, toWord) => {
    const texts = fc.sample(text, 400);
    const command = `printf '%s\\0' ${texts.map(toWord).join(" ")}`;
    expect(execFileSync("sh", ["-c", command], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(texts);
  });
});
