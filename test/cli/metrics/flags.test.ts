/** `metrics show`, `metrics diff` and `params diff`: their options. */
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

let repository: Repository;
beforeAll(() => {
  const stage = "stages:\n  s:\n    cmd: x\n    params: [lr]\n    metrics: [{m.json: {cache: false}}]\n";
  const files = { "dvc.yaml": stage, "params.yaml": "lr: 1\nother: 1\n", "m.json": '{"acc": 0.5, "same": 1}\n' };
  repository = makeRepository({ files });
  repository.write({ "params.yaml": "lr: 2\nother: 2\n", "m.json": '{"acc": 0.75, "same": 1}\n' });
});

const rows = async (...args: string[]): Promise<readonly string[]> =>
  (await repository.succeed(args))
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(/ {2,}/).slice(1).join(" "));

test("metrics diff: what changed, or all", async () => {
  expect(await rows("metrics", "diff")).toEqual(["acc 0.5 0.75 0.25"]);
  expect(await rows("metrics", "diff", "--all")).toEqual(["acc 0.5 0.75 0.25", "same 1 1 0"]);
  expect(JSON.parse(await repository.succeed(["metrics", "diff", "--json"]))).toEqual({
    "m.json": { acc: { old: 0.5, new: 0.75, diff: 0.25 } },
  });
});

test("params diff: all that changed, or what stages depend on", async () => {
  expect(await rows("params", "diff")).toEqual(["lr 1 2", "other 1 2"]);
  expect(await rows("params", "diff", "--deps")).toEqual(["lr 1 2"]);
  expect(await rows("params", "diff", "--deps", "--all")).toEqual(["lr 1 2"]);
});

test("metrics show: as a table, as Markdown and as JSON", async () => {
  expect(await repository.succeed(["metrics", "show"])).toMatch(/^Path +acc +same\nm\.json +0\.75 +1\n$/);
  expect(await repository.succeed(["metrics", "show", "--md"])).toContain("| m.json | 0.75");
  expect(JSON.parse(await repository.succeed(["metrics", "show", "--json"]))).toEqual({
    "": { data: { "m.json": { data: { acc: 0.75, same: 1 } } } },
  });
});
