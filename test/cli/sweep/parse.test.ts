import { describe, expect, test } from "vitest";
import { makeRepository } from "../../rig/index.ts";

// Neither command needs a repository.
const repository = makeRepository({ git: false, dvc: false });

const answers = (stdout: string): unknown[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

describe("parse", () => {
  test("tells how each override is read", async () => {
    const stdout = await repository.succeed(["parse", "lr=0.1,1", "models.json:+name='a b'", "~old", "n=range(100)"]);
    expect(stdout).toMatchInlineSnapshot(`
      "lr=0.1,1
        sweeps lr in params.yaml over 2 values
          0.1  float
          1    integer
      +name='a b'
        adds name in models.json to 'a b' (text); the key must not exist yet
      ~old
        deletes old in params.yaml
      n=range(100)
        sweeps n in params.yaml over 100 values
          0   integer
          1   integer
          2   integer
          3   integer
          4   integer
          5   integer
          6   integer
          7   integer
          8   integer
          9   integer
          10  integer
          11  integer
          12  integer
          13  integer
          14  integer
          15  integer
          16  integer
          17  integer
          18  integer
          19  integer
          ... and 80 more
      "
    `);
  });

  test("reports all that cannot be read together, with the place underlined, and exits 255", async () => {
    const { exitCode, stdout, stderr } = await repository.run([
      "parse",
      "a=1",
      "b=[1",
      "x.json:c=choise(1)",
      "d",
      "=",
      "2",
      ":lr=1",
    ]);
    expect(exitCode).toBe(255);
    expect(stdout).toContain("sets a in params.yaml to 1 (integer)");
    expect(stdout).not.toContain("the empty key");
    expect(stderr).toMatchInlineSnapshot(`
      "ERROR: Cannot read the override: Expected ',' or ']', found the end.
        b=[1
            ^
      HINT: Close the '[' at column 3 with ']'.
      ERROR: Cannot read the override: There is no function 'choise'.
        c=choise(1)
          ^^^^^^^^^
      HINT: Did you mean choice()? There are bool, choice, extend_list, float, glob, int, interval, json_str, linspace, logspace, range, shuffle, sort, str, tag.
      ERROR: Cannot read the override: Expected '=' after the key, found the end.
        d
         ^
      HINT: Remove the blanks around '=': d=2
      ERROR: Cannot read the override: Expected a key, found '2'.
        2
        ^
      HINT: Remove the blanks around '=': d=2
      ERROR: Cannot read the override: the name of the file before ':' is missing.
        :lr=1
        ^
      HINT: Write FILE:KEY=VALUE, or KEY=VALUE for params.yaml.
      "
    `);
  });

  test("--json is one list, also where some cannot be read", async () => {
    const { exitCode, stdout, stderr } = await repository.run(["parse", "--json", "a=1", "x.toml:b=é"]);
    expect([exitCode, stderr]).toEqual([255, ""]);
    expect(JSON.parse(stdout)).toMatchObject([
      { input: "a=1", file: "params.yaml", ok: true, type: "CHANGE", value: { t: "int", v: "1" }, expanded: ["a=1"] },
      { input: "x.toml:b=é", file: "x.toml", ok: false, error: { phase: "lexer", column: 2, code: "NEEDS_QUOTES" } },
    ]);
  });

  test("--jsonl answers each line; what cannot be read is an answer too", async () => {
    const requests = [
      { id: "t-1", input: "a=1,2" },
      { id: 2, input: "a=glob(x*)", glob_options: ["x1", "y", "x2"] },
      { id: 3, input: "a=foo(1)" },
      { id: 4, input: "\u2028=1" },
    ];
    const stdin = `${requests.map((request) => JSON.stringify(request)).join("\n\n")}`;
    const stdout = await repository.succeed(["parse", "--jsonl"], { stdin });
    expect(answers(stdout)).toMatchObject([
      { id: "t-1", ok: true, value_type: "simple_choice_sweep", value: null, expanded: ["a=1", "a=2"] },
      { id: 2, ok: true, value_type: "glob_choice_sweep", expanded: ["a=x1", "a=x2"] },
      { id: 3, ok: false, error: { phase: "eval", column: null } },
      { id: 4, ok: false, error: { phase: "lexer", column: 0 } },
    ]);
  });

  test("--jsonl answers a malformed line with an error, and goes on", async () => {
    const stdin = 'no\n{"id": 1}\n[]\n{"id": 2, "input": "a=1"}\n';
    expect(answers(await repository.succeed(["parse", "--jsonl"], { stdin }))).toMatchObject([
      { id: null, ok: false, error: { code: "REQUEST_NOT_JSON", message: expect.stringContaining("Line 1 ") } },
      { id: 1, ok: false, error: { code: "REQUEST_FIELD", message: "A request needs a text 'input'." } },
      { id: null, ok: false, error: { code: "REQUEST_NOT_JSON", message: expect.stringContaining("Line 3 ") } },
      { id: 2, ok: true },
    ]);
  });

  test("without overrides it says how to use it", async () => {
    const { exitCode, stderr } = await repository.run(["parse"]);
    expect(exitCode).toBe(254);
    expect(stderr).toContain("missing argument 'overrides'");
  });
});

describe("expand", () => {
  test("prints one job a line, quoted for a shell", async () => {
    expect(await repository.succeed(["expand", "a=1,[2]", "x.json:b=c d,e", "--max-batch-size", "3"])).toBe(
      ["a=1 'x.json:b=c\\ d'", "a=1 x.json:b=e", "'a=[2]' 'x.json:b=c\\ d'", "", "'a=[2]' x.json:b=e", ""].join("\n"),
    );
  });

  test("--json prints jobs and batches", async () => {
    const stdout = await repository.succeed(["expand", "--json", "db/x@p=a,b", "n=range(2)", "--max-batch-size", "3"]);
    expect(JSON.parse(stdout)).toEqual({
      jobs: [
        ["db/x@p=a", "n=0"],
        ["db/x@p=a", "n=1"],
        ["db/x@p=b", "n=0"],
        ["db/x@p=b", "n=1"],
      ],
      batches: [3, 1],
    });
  });

  test("--jsonl answers each line with the jobs or the error", async () => {
    const requests = [
      { id: 1, args: ["a=1,2"], max_batch_size: 1, params: { a: "3", b: "x,y", c: true } },
      { id: 2, args: ["a=[1"], max_batch_size: null },
      { id: 3, args: ["a=1"], max_batch_size: 0 },
    ];
    const stdin = requests.map((request) => `${JSON.stringify(request)}\n`).join("");
    expect(answers(await repository.succeed(["expand", "--jsonl"], { stdin }))).toMatchObject([
      {
        id: 1,
        jobs: [
          ["a=1", "b=x", "c=True"],
          ["a=1", "b=y", "c=True"],
          ["a=2", "b=x", "c=True"],
          ["a=2", "b=y", "c=True"],
        ],
        batches: [1, 1, 1, 1],
      },
      { id: 2, error: { phase: "parser", input: "a=[1" } },
      { id: 3, error: { code: "BATCH_SIZE" } },
    ]);
  });

  test("--jsonl answers a malformed line with an error, and goes on", async () => {
    const stdin = 'no\n{"id": 1, "args": 1}\n{"id": 2, "args": ["a=1"]}\n';
    expect(answers(await repository.succeed(["expand", "--jsonl"], { stdin }))).toMatchObject([
      { id: null, error: { code: "REQUEST_NOT_JSON" } },
      { id: 1, error: { code: "REQUEST_FIELD" } },
      { id: 2, jobs: [["a=1"]] },
    ]);
  });

  test("a large output arrives whole through a pipe", async () => {
    const stdout = await repository.succeed(["expand", "a=range(500)", "b=range(400)"]);
    expect(stdout.split("\n")).toHaveLength(200_001);
    expect(stdout.endsWith("a=499 b=399\n")).toBe(true);
  });

  test("refuses what a grid cannot list, and a batch size of zero", async () => {
    const interval = await repository.run(["expand", "a=interval(0,1)"]);
    expect([interval.exitCode, interval.stderr.split("\n")[0]]).toEqual([
      255,
      "ERROR: interval() has no list of values, so a grid cannot sweep over it.",
    ]);
    expect((await repository.run(["expand", "a=1", "--max-batch-size", "0"])).exitCode).toBe(254);
  });
});

test.each(["parse", "expand"])("%s --help shows examples", async (name) => {
  const help = await repository.succeed([name, "--help"]);
  expect(help).toContain(`$ sweepline ${name} lr=0.1,0.01`);
});
