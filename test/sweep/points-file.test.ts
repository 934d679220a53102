import { describe, expect, test } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { readOverridesFile } from "../../src/sweep/overrides-file.ts";
import { type PointsFormat, readPointsFile } from "../../src/sweep/points-file.ts";

async function read(text: string, format: PointsFormat) {
  const points = await readPointsFile(text, format);
  return points.map((point) => point.overrides.map(({ file, text, edit }) => [file, text, edit.value]));
}

async function refusalOf(text: string, format: PointsFormat): Promise<SweeplineError> {
  const error = await readPointsFile(text, format).catch((error: unknown) => error);
  if (error instanceof SweeplineError) return error;
  throw new Error(`no refusal of ${text}`);
}

describe("CSV", () => {
  test("a header of keys, a point a row, values typed as overrides are", async () => {
    expect(await read("lr,units,other.json:name\n0.1,64,a b\r\n1e-2,'64',\"'x,y'\"\n", "csv")).toEqual([
      [
        ["params.yaml", "lr=0.1", 0.1],
        ["params.yaml", "units=64", 64n],
        ["other.json", "name=a b", "a b"],
      ],
      [
        ["params.yaml", "lr=1e-2", 0.01],
        ["params.yaml", "units='64'", "64"],
        ["other.json", "name='x,y'", "x,y"],
      ],
    ]);
  });

  test("an empty cell leaves the parameter as it is; a prefix adds", async () => {
    expect(await read("\uFEFFlr,+new\n,1\n0.5,\n\n", "csv")).toEqual([
      [["params.yaml", "+new=1", 1n]],
      [["params.yaml", "lr=0.5", 0.5]],
    ]);
  });

  test.each([
    ["lr,units\n0.1\n", "POINT_CELLS", "Line 2"],
    ['lr\n"1,2"\n', "POINT_SWEEP", "Line 2"],
    ["lr\n0.1\né\n", "NEEDS_QUOTES", "Line 3"],
    ['lr\n"0.1\n', "CSV_QUOTE", "Line 2"],
    ["a/b\n1\n", "GROUP_IN_PARAMS", "Line 2"],
    ["lr,seed, lr\n1,2,3\n", "POINT_KEY_TWICE", "Line 1 of the points: the key 'lr' has two columns."],
    ["lr,params.yaml:lr\n1,2\n", "POINT_KEY_TWICE", "Line 1"],
    [":lr\n1\n", "FILE_NAME_MISSING", "Line 1"],
  ])("%j is refused", async (text, code, line) => {
    const refusal = await refusalOf(text, "csv");
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(line);
  });

  test("a long cell in quotes is no trouble", async () => {
    const long = "a".repeat(500_000);
    expect((await read(`k\n"'${long}'"\n`, "csv"))[0]?.[0]?.[2]).toBe(long);
  });
});

describe("JSON lines", () => {
  test("an object a line, with JSON's own types, and a text that reads back as such", async () => {
    const lines = '{"lr": 1, "x.json:f": 1.0, "s": "1", "t": "a b", "n": null}\n\n{"l": [1, "x"], "d": {"a": true}}\n';
    expect(await read(lines, "jsonl")).toEqual([
      [
        ["params.yaml", "lr=1", 1n],
        ["x.json", "f=1.0", 1],
        ["params.yaml", "s='1'", "1"],
        ["params.yaml", "t=a\\ b", "a b"],
        ["params.yaml", "n=null", null],
      ],
      [
        ["params.yaml", "l=[1,'x']", [1n, "x"]],
        ["params.yaml", "d={a:True}", new Map([["a", true]])],
      ],
    ]);
  });

  test.each([
    ['{"a": 1}\n[1]\n', "POINT_NOT_AN_OBJECT", "Line 2"],
    ['{"a": 1}\n{"a b": 1}\n', "BLANK_IN_KEY", "Line 2"],
  ])("%j is refused", async (text, code, line) => {
    const refusal = await refusalOf(text, "jsonl");
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(line);
  });

  test("a line that is not JSON is named, with the list's own name", async () => {
    const refusal = readPointsFile('{"a": 1}\n{"a": \n', "jsonl", { name: "'e4.jsonl'" });
    await expect(refusal).rejects.toThrow(/^Line 2 of 'e4\.jsonl', column [0-9]+: (?!.*points\.json)/);
  });
});

test("an overrides file: one a line, blank lines and comments left out", () => {
  expect(readOverridesFile("\uFEFF# a sweep\nlr=0.1,0.2\r\n\n  units = range(3)  \n#end")).toEqual([
    "lr=0.1,0.2",
    "units = range(3)",
  ]);
});
