import { describe, expect, test } from "vitest";
import { singleEdits, underGiven } from "../../src/sweep/config-sweep.ts";
import { readArguments } from "../../src/sweep/expand.ts";

const composed = { composed: ["params.yaml"] };
const read = (args: readonly string[]) => [...readArguments(args, composed)];
const params = ["model=small,big", "lr=choice(0.1,0.01)", "+extra=7"];
const [model = "", lr = "", extra = ""] = params;

describe("an override takes the place of the config's sweep over the same key", () => {
  test.each([
    [["lr=5"], [model, "lr=5", extra]],
    [["+lr=5"], [model, "+lr=5", extra]],
    [["extra=5,6"], [model, lr, "+extra=5,6"]],
    [["++extra=5"], [model, lr, "++extra=5"]],
    [["~extra"], [model, lr]],
    [["~model"], ["~model", lr, extra]],
    [["extra=extend_list(1)"], [...params, "extra=extend_list(1)"]],
    [["model@copy=a"], [...params, "model@copy=a"]],
    [["x.json:lr=5"], [...params, "x.json:lr=5"]],
    [["lr=[1"], [...params, "lr=[1"]],
    [
      ["hydra.sweeper.params.lr='7,8'", "hydra.run.dir=x"],
      [...params, "hydra.run.dir=x"],
    ],
    [["hydra.sweeper.params.lr=7,8"], [...params, "hydra.sweeper.params.lr=7,8"]],
  ])("%j", (given, overrides) => {
    const kept = underGiven(read(params), read(given), composed);
    expect(kept.map(({ argument }) => argument)).toEqual(overrides);
  });
});

test("what sweeps over nothing bears on the config, and only on it", () => {
  const edits = singleEdits(read(["a=1,2", "b='1,2'", "x.json:c=1", "d=[1"]), composed);
  expect(edits.map(({ text, value }) => [text, value])).toEqual([["b='1,2'", "1,2"]]);
});
