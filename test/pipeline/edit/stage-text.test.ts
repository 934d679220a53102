import { describe, expect, test } from "vitest";
import { toPlain, type ValueMap } from "../../../src/base/value.ts";
import { plainValue } from "../../../src/params/text/located.ts";
import { parseYaml } from "../../../src/params/yaml/parse.ts";
import { withStage } from "../../../src/pipeline/edit/stage-text.ts";

const definition: ValueMap = new Map<string, ValueMap | string | readonly string[]>([
  ["cmd", "sh new.sh"],
  ["deps", ["in.txt"]],
]);
const edited = (text: string, name = "new"): string => withStage({ file: "dvc.yaml", text, name, definition });

function stagesOf(text: string): unknown {
  const { root } = parseYaml({ path: "dvc.yaml", text });
  return root === undefined ? undefined : (toPlain(plainValue(root)) as { stages: unknown }).stages;
}

const wanted = { cmd: "sh new.sh", deps: ["in.txt"] };
const block = "stages:\n  old: # first\n    cmd: a   # why\n    outs: [x]\n  last:\n    cmd: b\n";

describe("a stage that is new", () => {
  test.each<[string, string, object]>([
    ["an empty file", "", {}],
    ["a comment", "# nothing yet\n", {}],
    ["an empty mapping", "{}\n", {}],
    ["no stages", "params: [p.yaml]\n", {}],
    ["no stages, in flow style", "{params: [p.yaml]}\n", {}],
    ["stages that are empty", "stages:\n", {}],
    ["stages in flow style", "stages: {old: {cmd: a}}\n", { old: { cmd: "a" } }],
    ["stages in block style", block, { old: { cmd: "a", outs: ["x"] }, last: { cmd: "b" } }],
    ["no line feed at the end", "stages:\n  old:\n    cmd: a", { old: { cmd: "a" } }],
    ["Windows' line ends", "stages:\r\n  old:\r\n    cmd: a\r\n", { old: { cmd: "a" } }],
    ["four columns", "stages:\n    old:\n        cmd: a\n", { old: { cmd: "a" } }],
    ["odd columns", "stages:\n   old:\n      cmd: a\n", { old: { cmd: "a" } }],
    ["a last line of blanks", "stages:\n  old:\n    cmd: a\n\n", { old: { cmd: "a" } }],
    ["more below", "stages:\n  old:\n    cmd: a\nplots: [p]\n", { old: { cmd: "a" } }],
  ])("goes into a file with %s", (_name, text, before) => {
    expect(stagesOf(edited(text))).toEqual({ ...before, new: wanted });
  });

  test("follows the others, whose bytes stay", () => {
    expect(edited(block)).toBe(`${block}  new:\n    cmd: sh new.sh\n    deps:\n    - in.txt\n`);
    expect(edited("stages:\r\n  old:\r\n    cmd: a\r\n")).not.toMatch(/[^\r]\n/);
  });
});

describe("a stage that is there", () => {
  test("is replaced key by key: what says the same keeps its bytes", () => {
    const text = "stages:\n  new:\n    cmd: sh new.sh   # why\n    outs: [x]\n  last: {cmd: b}\n";
    expect(edited(text)).toBe(
      "stages:\n  new:\n    cmd: sh new.sh   # why\n    deps:\n    - in.txt\n  last: {cmd: b}\n",
    );
  });

  test.each([
    ["in flow style", "stages:\n  new: {cmd: a}\n  last:\n    cmd: b\n"],
    ["by a reference", "x: &a {cmd: a}\nstages:\n  new: *a\n  last:\n    cmd: b\n"],
    ["that is empty", "stages:\n  new:\n  last:\n    cmd: b\n"],
  ])("%s is written anew", (_name, text) => {
    expect(stagesOf(edited(text))).toEqual({ new: wanted, last: { cmd: "b" } });
  });
});

test("the same stage again changes nothing", () => {
  for (const text of ["", block, "stages:\r\n  old:\r\n    cmd: a\r\n"])
    expect(edited(edited(text))).toBe(edited(text));
});
