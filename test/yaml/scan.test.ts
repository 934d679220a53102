/** The quick reader: right where it answers, and silent where only the whole parser knows. */
import { expect, test } from "vitest";
import { toPlain } from "../../src/base/value.ts";
import { scanYaml } from "../../src/yaml/scan.ts";

test.each([
  [
    "a: echo a > o1 \nb:\n- in.txt \n- o2:  \n    cache: false \n",
    { a: "echo a > o1", b: ["in.txt", { o2: { cache: false } }] },
  ],
  ["one :\n  cmd : x\n", { one: { cmd: "x" } }],
  ["one  : 1 \n", { one: 1 }],
  ["a: two \n  lines \nb: 'q' \n", { a: "two lines", b: "q" }],
  ["a: x\u00a0\n", { a: "x\u00a0" }],
  ["a: true \nb: ~ \nc: 0.5 \n", { a: true, b: null, c: 0.5 }],
])("%j", (text, value) => {
  const scanned = scanYaml(text);
  expect(scanned === undefined ? undefined : toPlain(scanned)).toEqual(value);
});

test.each([
  "a: 1\r\n",
  "a: x\t\n",
  "%YAML 1.1\n---\na: 1\n",
  "a: 1\n...\n",
  "'q' : 1\n",
  "a: =\n",
  "a: << \n",
  "a: 'x\n",
])("left to the parser: %j", (text) => {
  expect(scanYaml(text)).toBeUndefined();
});
