import { describe, expect, it } from "vitest";
import { stageEnvironment } from "../../../src/run/one/environment.ts";

function parameters(overrides: readonly (readonly [file: string, key: string, value: string])[]) {
  const facts = overrides.map(([file, key, value]) => ({ file, key, value, text: `${key}=${value}` }));
  const environment = stageEnvironment({ overrides: facts, point: 3, name: "n", baseline: "b" });
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith("SWEEPLINE_PARAM_")));
}

describe("stageEnvironment", () => {
  it("names a parameter by its key, one of another file by file and key", () => {
    expect(
      parameters([
        ["params.yaml", "train.lr", "0.1"],
        ["conf/model.json", "depth", "3"],
      ]),
    ).toEqual({ SWEEPLINE_PARAM_TRAIN_LR: "0.1", SWEEPLINE_PARAM_CONF_MODEL_JSON_DEPTH: "3" });
  });

  it("gives no variable to two parameters that would share one", () => {
    expect(
      parameters([
        ["params.yaml", "a.b", "1"],
        ["params.yaml", "a_b", "2"],
        ["params.yaml", "c", "3"],
      ]),
    ).toEqual({ SWEEPLINE_PARAM_C: "3" });
  });

  it("keeps the last value of a parameter that is named twice", () => {
    expect(
      parameters([
        ["params.yaml", "a", "1"],
        ["params.yaml", "a", "2"],
      ]),
    ).toEqual({ SWEEPLINE_PARAM_A: "2" });
  });
});
