/** A stage's entry out of a lock file or the run-cache, which may be anybody's: what is none is told from what is one. */
import { expect, test } from "vitest";
import type { Value } from "../../../src/base/value.ts";
import { valueToEntry } from "../../../src/pipeline/lock/entry.ts";
import { scanYaml } from "../../../src/yaml/scan.ts";

const scanned = (text: string): Value => scanYaml(text) ?? null;

test.each<[what: string, text: string]>([
  ["no mapping", "- a\n"],
  ["no command", "deps:\n- path: a\n"],
  ["a command that is a number", "cmd: 1\n"],
  ["a list of commands with a number", "cmd:\n- a\n- 1\n"],
  ["dependencies that are no list", "cmd: x\ndeps: a\n"],
  ["an item that is no mapping", "cmd: x\nouts:\n- a\n"],
  ["an item without a path", "cmd: x\nouts:\n- md5: a\n"],
  ["parameters that are no mapping", "cmd: x\nparams:\n- a\n"],
  ["a file's parameters that are a list", "cmd: x\nparams:\n  p.yaml:\n  - a\n"],
])("%s is no entry", (_what, text) => {
  expect(valueToEntry(scanned(text))).toBeUndefined();
});

test("what is left out is empty; items of other kinds never match a file", () => {
  expect(valueToEntry(undefined)).toBeUndefined();
  expect(valueToEntry(scanned("cmd:\n- a\n- b\n"))).toEqual({ cmd: ["a", "b"], deps: [], params: new Map(), outs: [] });
  const text = "cmd: x\ndeps:\n- path: a\n  size: -1\n- path: b\n  md5: 1\n  nfiles: 2\n  isexec: true\n  hash: md5\n";
  expect(valueToEntry(scanned(text))?.deps).toEqual([
    { path: "a", md5: "", size: 0 },
    { path: "b", hash: "md5", md5: "", size: 0, nfiles: 2, isexec: true },
  ]);
});

test("a file whose parameters were not read has none", () => {
  expect(valueToEntry(scanned("cmd: x\nparams:\n  p.yaml:\n    a: 1\n  q.yaml:\n"))?.params).toEqual(
    new Map([
      ["p.yaml", new Map([["a", 1n]])],
      ["q.yaml", new Map()],
    ]),
  );
});
