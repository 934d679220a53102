import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const example = fileURLToPath(new URL("../../examples/penguins", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sweepline-penguins-"));
  cpSync(example, folder, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one script of the example in the copy, as a stage does. */
function run(script: string) {
  return spawnSync(process.execPath, [script], { cwd: folder, encoding: "utf8" });
}

function setParam(key: string, value: string): void {
  const file = path.join(folder, "params.yaml");
  const before = readFileSync(file, "utf8");
  const after = before.replace(new RegExp(`^( +${key}:) *\\S+`, "m"), `$1 ${value}`);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}

/** The metrics after all three scripts. */
function runPipeline(): { accuracy: number; log_loss: number } {
  for (const script of ["prepare.mjs", "train.mjs", "evaluate.mjs"]) {
    expect(run(script)).toMatchObject({ status: 0, stderr: "" });
  }
  return JSON.parse(readFileSync(path.join(folder, "metrics.json"), "utf8"));
}

function readCurve(): number[][] {
  const [header, ...lines] = readFileSync(path.join(folder, "curve.csv"), "utf8").trimEnd().split("\n");
  expect(header).toBe("epoch,loss,accuracy");
  return lines.map((line) => line.split(",").map(Number));
}

describe("examples/penguins", () => {
  it("learns with the parameters as committed, and writes one line of the curve per epoch", () => {
    const metrics = runPipeline();
    expect(metrics.accuracy).toBeGreaterThan(0.95);
    expect(metrics.log_loss).toBeLessThan(0.2);
    const curve = readCurve();
    expect(curve.map(([epoch]) => epoch)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(curve.at(-1)?.[1]).toBeLessThan(curve[0]?.[1] ?? 0);
  });

  it("does not learn with far too much weight decay", () => {
    setParam("l2", "10");
    expect(runPipeline().accuracy).toBeLessThan(0.8);
  });

  it("writes the same bytes again for the same parameters", () => {
    setParam("epochs", "3");
    const outputs = ["prepared.json", "model.json", "curve.csv", "metrics.json"];
    const read = () => outputs.map((name) => readFileSync(path.join(folder, name), "utf8"));
    runPipeline();
    const first = read();
    runPipeline();
    expect(read()).toEqual(first);
  });

  it.each([
    ["hidden", "0", "error: train.hidden must be a whole number of at least 1, not 0\n"],
    ["lr", "many", "error: train.lr must be a number, not 'many'\n"],
    [
      "l2",
      "50",
      "error: train.lr=0.03 times train.l2=50 must be below 1: each step would decay the weights past zero\n",
    ],
  ])("refuses train.%s=%s with one line", (key, value, message) => {
    setParam(key, value);
    expect(run("prepare.mjs").status).toBe(0);
    expect(run("train.mjs")).toMatchObject({ status: 1, stderr: message });
  });

  it("refuses a test share that leaves nothing to test on", () => {
    setParam("test_share", "0.001");
    expect(run("prepare.mjs")).toMatchObject({ status: 1, stderr: expect.stringContaining("0 to test on") });
  });
});
