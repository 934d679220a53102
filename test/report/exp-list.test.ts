import { expect, test } from "vitest";
import type { ListedGroup } from "../../src/experiments/show/list.ts";
import type { ObjectId } from "../../src/git/ids.ts";
import { type ListFormat, renderList } from "../../src/report/exp-list.ts";

const id = (letter: string) => letter.repeat(40) as ObjectId;
const groups: readonly ListedGroup[] = [
  { baseline: id("a"), name: "main", experiments: [{ name: "one", commit: id("1"), isLocal: true }] },
  { baseline: id("b"), name: null, experiments: [{ name: "two\u001b[m", commit: id("2"), isLocal: false }] },
];

test.each<[format: ListFormat, text: string]>([
  ["tree", "main:\n\t1111111 [one]\nbbbbbbb:\n\ttwo\\x1b[m\n"],
  ["names", "one\ntwo\\x1b[m\n"],
  ["ids", `${id("1")}\n${id("2")}\n`],
])("as %s", (format, text) => {
  expect(renderList(groups, format)).toBe(text);
  expect(renderList([], format)).toBe("");
});

test("as JSON", () => {
  expect(JSON.parse(renderList(groups, "json"))).toEqual([
    { baseline: id("a"), name: "main", experiments: [{ name: "one", rev: id("1") }] },
    { baseline: id("b"), name: null, experiments: [{ name: "two\u001b[m", rev: id("2") }] },
  ]);
});

test("with metrics, and the number of a trial", () => {
  const summaries = new Map([[id("1"), { metrics: new Map([["loss", 0.5]]), trial: 3 }]]);
  expect(renderList(groups, "tree", summaries)).toContain("\t1111111 [one]  trial 3 loss=0.5\n");
  expect(JSON.parse(renderList(groups, "json", summaries))[0].experiments).toEqual([
    { name: "one", rev: id("1"), trial: 3, metrics: { loss: 0.5 } },
  ]);
});
