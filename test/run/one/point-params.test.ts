import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { changedParams, readPointFiles } from "../../../src/run/one/point-params.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sweepline-params-"));
afterAll(() => rmSync(folder, { recursive: true }));

const overrides = ["seed", "model.lr"].map((key) => ({ file: "params.yaml", text: `${key}=9`, key, value: "9" }));

test.each([
  ["seed: 9\nmodel: {lr: 9}\nother: 2\n", undefined],
  ["seed: 0\nmodel: {lr: 9}\n", "the stages changed params.yaml: seed is 0, not 9"],
  ["seed: '9'\n", 'the stages changed params.yaml: seed is "9", not 9, model.lr is gone, not 9'],
  ["seed: [\n", "the stages changed params.yaml: seed is gone, not 9, model.lr is gone, not 9"],
])("after a stage has written %j", async (text, words) => {
  const file = path.join(folder, "params.yaml");
  writeFileSync(file, "seed: 9\nmodel: {lr: 9}\nother: 1\n");
  const before = readPointFiles(folder, overrides);
  writeFileSync(file, text);
  expect(await changedParams(folder, overrides, before)).toBe(words);
});

test("a file that is gone, and nothing where nothing was changed", async () => {
  writeFileSync(path.join(folder, "params.yaml"), "seed: 9\nmodel: {lr: 9}\n");
  const before = readPointFiles(folder, overrides);
  expect(await changedParams(folder, overrides, before)).toBeUndefined();
  rmSync(path.join(folder, "params.yaml"));
  expect(await changedParams(folder, overrides, before)).toContain("model.lr is gone");
});
