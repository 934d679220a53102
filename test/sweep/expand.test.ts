import { describe, expect, test } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { expandPoints, splitFile } from "../../src/sweep/expand.ts";
import { sweepJobs } from "../../src/sweep/jobs.ts";
import { gridShape } from "../../src/sweep/shape.ts";

const textsOf = (args: readonly string[]): string[] =>
  expandPoints(args).points.map((point) => point.overrides.map(({ file, text }) => `${file}:${text}`).join(" "));

function refusalOf(args: readonly string[]): SweeplineError {
  try {
    expandPoints(args);
  } catch (error) {
    if (error instanceof SweeplineError) return error;
    throw error;
  }
  throw new Error(`no refusal of ${args.join(" ")}`);
}

describe("the file of an override", () => {
  test.each([
    ["lr=0.1", "params.yaml", "lr=0.1"],
    ["models.json:lr=0.1", "models.json", "lr=0.1"],
    ["lr=a:b", "params.yaml", "lr=a:b"],
    ["a.yaml:b:c=1", "a.yaml", "b:c=1"],
    ["a.yaml:~lr", "a.yaml", "~lr"],
  ])("%s", (argument, file, text) => {
    expect(splitFile(argument)).toEqual({ file, text });
  });

  test("its name may not be empty", () => {
    expect(refusalOf([":lr=1"])).toMatchObject({
      code: "FILE_NAME_MISSING",
      message: expect.stringContaining("the name of the file before ':' is missing"),
      place: { text: ":lr=1", offset: 0, length: 1 },
    });
  });
});

describe("without a sweep", () => {
  test("there is one point, with the overrides as typed, in order", () => {
    const { points, isSweep } = expandPoints(["lr=1e-3", "lr= 2", "b.toml:x=1", "+c={a: 1}", "~d"]);
    expect(isSweep).toBe(false);
    expect(points).toHaveLength(1);
    expect(points[0]?.overrides.map((override) => override.text)).toEqual([
      "lr=1e-3",
      "lr= 2",
      "+c={a: 1}",
      "~d",
      "x=1",
    ]);
    expect(points[0]?.overrides.map((override) => override.edit)).toEqual([
      { kind: "change", path: ["lr"], value: 0.001, text: "lr=1e-3" },
      { kind: "change", path: ["lr"], value: 2n, text: "lr= 2" },
      { kind: "add", path: ["c"], value: new Map([["a", 1n]]), text: "+c={a: 1}" },
      { kind: "delete", path: ["d"], value: undefined, text: "~d" },
      { kind: "change", path: ["x"], value: 1n, text: "x=1" },
    ]);
  });

  test("no override is one point without any", () => {
    expect(expandPoints([])).toEqual({ points: [{ index: 0, overrides: [] }], isSweep: false });
  });
});

describe("with a sweep", () => {
  test("the last key varies fastest, and across files the last file", () => {
    expect(textsOf(["a=1,2", "x.json:c=7,8", "b=5,6"])).toEqual([
      "params.yaml:a=1 params.yaml:b=5 x.json:c=7",
      "params.yaml:a=1 params.yaml:b=5 x.json:c=8",
      "params.yaml:a=1 params.yaml:b=6 x.json:c=7",
      "params.yaml:a=1 params.yaml:b=6 x.json:c=8",
      "params.yaml:a=2 params.yaml:b=5 x.json:c=7",
      "params.yaml:a=2 params.yaml:b=5 x.json:c=8",
      "params.yaml:a=2 params.yaml:b=6 x.json:c=7",
      "params.yaml:a=2 params.yaml:b=6 x.json:c=8",
    ]);
  });

  test("a key given again keeps its place and takes the last values; the same key of another file is another", () => {
    expect(textsOf(["a=1,2", "b=3", "a=4", "x.json:a=5,6"])).toEqual([
      "params.yaml:a=4 params.yaml:b=3 x.json:a=5",
      "params.yaml:a=4 params.yaml:b=3 x.json:a=6",
    ]);
  });

  test("every override is rendered anew, and means what its text says", () => {
    const [point] = expandPoints(["a=choice('1','2')", "b=true", "c=x y", "d='x y'", "~e"]).points;
    expect(point?.overrides.map(({ text, edit }) => [text, edit.value])).toEqual([
      ["a=1", 1n],
      ["b=True", true],
      ["c=x\\ y", "x y"],
      ["d='x y'", "x y"],
      ["~e=null", undefined],
    ]);
  });

  test("a text that does not read back keeps its value", () => {
    const { points } = expandPoints(["a=choice('!','é')"]);
    expect(points.map((point) => point.overrides[0]?.edit.value)).toEqual(["!", "é"]);
  });

  test("points share the override of an axis: it is made once", () => {
    const { points } = expandPoints(["a=range(10)", "b=range(10)"]);
    expect(points).toHaveLength(100);
    expect(points[1]?.overrides[0]).toBe(points[0]?.overrides[0]);
    expect(points.map((point) => point.index)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  test("an empty sweep has no points", () => {
    expect(expandPoints(["a=range(5,1)", "b=1,2"])).toEqual({ points: [], isSweep: true });
  });
});

describe("refusals", () => {
  test.each([
    [["x=glob(*)"], "GLOB_NOT_SUPPORTED", "Glob override 'x=glob(*)' is not supported."],
    [["x=interval(0,1)"], "INTERVAL_NOT_LISTED", "interval()"],
    [["x=[choice(1,2)]"], "NESTED_SWEEP", ""],
    [["x=choice(1,2),3"], "NESTED_SWEEP", ""],
    [["a@b=1"], "GROUP_IN_PARAMS", "a package"],
    [["a/b=1"], "GROUP_IN_PARAMS", "a config group"],
    [["=1"], "KEY_EMPTY", ""],
    [["a=1", "b=[1"], "BRACKET_NOT_CLOSED", ""],
    [["a=range(1001)", "b=range(1000)"], "TOO_MANY_POINTS", "1001000"],
    [["a=range(1,2,0)"], "RANGE_STEP_ZERO", ""],
  ])("%j", (args, code, words) => {
    const refusal = refusalOf(args);
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(words);
  });

  test("the place is in the override, without its file", () => {
    expect(refusalOf(["x.json:k=é"]).place).toEqual({ name: "override", text: "k=é", offset: 2, length: 1 });
  });

  test.each([
    [["lr", "=", "0.1"], "lr=0.1"],
    [["a=1", "lr", "=0.1"], "lr=0.1"],
    [["lr=", "0.1"], "lr=0.1"],
  ])("blanks around '=' are told: %j", (args, repaired) => {
    expect(refusalOf(args).hint).toBe(`Remove the blanks around '=': ${repaired}`);
  });

  test.each<[string, string, string, string]>([
    ["db=glob(x*)", "GLOB_NO_MATCH", "'db=glob(x*)' matches no option of the config group 'db'.", "my, pg"],
    ["lr=glob(*)", "GLOB_NOT_SUPPORTED", "Glob override 'lr=glob(*)' is not supported.", "'lr' is none"],
    [
      "a.yaml:db=glob(*)",
      "GLOB_NOT_SUPPORTED",
      "Glob override 'db=glob(*)' is not supported.",
      "'a.yaml' is not composed",
    ],
    ["db=glob(*),b", "NESTED_SWEEP", "glob() cannot stand among other values", "key=glob([a*,b])"],
    ["db=[glob(*)]", "NESTED_SWEEP", "glob() cannot stand among other values", "key=glob([a*,b])"],
  ])("where composed, %s is refused", (text, code, message, hint) => {
    const groupOptions = (group: string) => (group === "db" ? ["my", "pg"] : undefined);
    const expanding = (): unknown => expandPoints([text], { composed: ["params.yaml"], groupOptions });
    const says = { code, message: expect.stringContaining(message), hint: expect.stringContaining(hint) };
    expect(expanding).toThrow(expect.objectContaining(says));
  });

  test("without composition, the hint says that it is off", () => {
    expect(refusalOf(["db=glob(*)"]).hint).toContain("composition is off here");
  });

  test("a glob quotes the options that would be read as something else", () => {
    const options = ["a b", "1", "null", "x,y", "é", `a\${b}`, "o'k"];
    const { points } = expandPoints(["db=glob(*)"], { composed: ["params.yaml"], groupOptions: () => options });
    const texts = points.map((point) => point.overrides[0]?.text);
    const quoted = ["'1'", "'null'", "'x,y'", "'é'", `'a\\\${b}'`, "'o\\'k'"];
    expect(texts).toEqual(["a b", ...quoted].map((text) => `db=${text}`));
  });

  test("a composed file takes groups and packages", () => {
    const { points } = expandPoints(["db=a,b", "g/h@p=1"], { composed: ["params.yaml"] });
    expect(points.map((point) => point.overrides.map((override) => override.text))).toEqual([
      ["db=a", "g/h@p=1"],
      ["db=b", "g/h@p=1"],
    ]);
  });
});

describe("jobs", () => {
  test("are texts, with the file where it is not params.yaml, and in batches", async () => {
    const { count, batches, jobs } = await sweepJobs(
      { overrides: ["a=1,2,3", "x.json:b=c d"], shape: gridShape },
      2,
      {},
    );
    expect([count, batches, [...jobs]]).toEqual([
      3,
      [2, 1],
      [
        ["a=1", "x.json:b=c\\ d"],
        ["a=2", "x.json:b=c\\ d"],
        ["a=3", "x.json:b=c\\ d"],
      ],
    ]);
  });
});
