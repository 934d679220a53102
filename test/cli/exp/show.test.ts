/** `exp show`, `exp list`, `exp diff`, `metrics` and `params` as commands: what they print where, and how they end. */
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const files = {
  "params.yaml": "lr: 0.1\n",
  "metrics.json": '{"acc": 0.5}\n',
  "dvc.yaml":
    "stages:\n  train:\n    cmd: sh train.sh\n    params:\n    - lr\n    metrics:\n    - metrics.json:\n        cache: false\n",
};

let repository: Repository;

beforeAll(() => {
  repository = makeRepository({ files });
  repository.write({ "params.yaml": "lr: 0.2\n", "metrics.json": '{"acc": 0.75, "text": "a|b\\u001b[31m"}\n' });
  repository.git("add", "--all");
  const head = repository.git("rev-parse", "HEAD");
  const commit = repository.git("commit-tree", repository.git("write-tree"), "-p", head, "-m", "experiment");
  repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/e1`, commit);
  repository.git("reset", "--quiet", "--hard");
});

const run = (...args: string[]) => repository.run(args);

describe("exp show", () => {
  test("prints a table without any escape", async () => {
    const text = await repository.succeed(["exp", "show", "--drop", "Created"]);
    const id = repository.git("for-each-ref", "--format=%(objectname:short=7)", "refs/exps");
    expect(
      text
        .split("\n")
        .slice(1, 6)
        .map((line) => line.trimEnd()),
    ).toEqual([
      "  Experiment          acc          text   lr",
      ` ${"─".repeat(45)}`,
      "  workspace           0.5             -   0.1",
      "  main                0.5             -   0.1",
      `  └── ${id} [e1]   0.75   a|b\\x1b[31m   0.2`,
    ]);
  });

  test("Markdown keeps its cells", async () => {
    expect(await repository.succeed(["exp", "show", "--md"])).toContain("| a\\|b\\x1b[31m |");
  });

  test("the alias and the flags that DVC's users have in their scripts", async () => {
    const flags = ["--no-pager", "--force", "--hide-workspace", "--num", "1"];
    expect(await repository.succeed(["experiments", "show", "--csv", ...flags])).toMatch(/^Experiment,rev,typ,Created/);
  });

  test.each([
    [["--rev", "nosuch"], 255, "ERROR: failed to show experiments - unknown Git revision 'nosuch'"],
    [["--sort-by", "nosuch"], 255, "ERROR: Unknown sort column 'nosuch'"],
    [["--sort-order", "up"], 254, "asc"],
    [["--drop", "("], 254, "regular expression"],
    [["-n", "x"], 254, "whole number"],
  ])("refuses %j", async (args, exitCode, message) => {
    const result = await run("exp", "show", ...args);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(message);
    expect(result.stdout).toBe("");
  });

  test("from a folder of the project", async () => {
    repository.write({ "sub/x": "" });
    const { stdout } = await repository.run(["exp", "show", "--csv"], { cwd: "sub" });
    expect(stdout).toContain("\ne1,");
  });

  test("writes nothing", () => {
    expect(repository.exists(".dvc/tmp")).toBe(false);
  });
});

describe("exp list", () => {
  test("in each form", async () => {
    const id = repository.git("for-each-ref", "--format=%(objectname)", "refs/exps");
    expect(await repository.succeed(["exp", "list"])).toBe(`main:\n\t${id.slice(0, 7)} [e1]\n`);
    expect(await repository.succeed(["exp", "ls", "-A", "--name-only"])).toBe("e1\n");
    expect(await repository.succeed(["exp", "ls", "--sha-only"])).toBe(`${id}\n`);
    expect(JSON.parse(await repository.succeed(["exp", "ls", "--json"]))).toEqual([
      { baseline: repository.git("rev-parse", "HEAD"), name: "main", experiments: [{ name: "e1", rev: id }] },
    ]);
  });

  test("of a Git remote", async () => {
    const other = makeRepository({ files: { x: "" } });
    other.git("remote", "add", "origin", repository.folder);
    const { stdout } = await other.run(["exp", "ls", "-A", "origin"]);
    expect(stdout).toBe(`${repository.git("rev-parse", "HEAD").slice(0, 7)}:\n\te1\n`);
    const refused = await other.run(["exp", "ls", "nosuch"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain("ERROR: 'nosuch' is not a valid Git remote or URL");
    const unsupported = await other.run(["exp", "ls", "--sha-only", "origin"]);
    expect(unsupported.exitCode).toBe(255);
    expect(unsupported.stderr).toContain("--sha-only not supported with git_remote.");
  });
});

describe("diffs", () => {
  test("of experiments", async () => {
    expect(await repository.succeed(["exp", "diff", "HEAD", "e1"])).toBe(
      "Path          Metric    HEAD    e1           Change\n" +
        "metrics.json  acc       0.5     0.75         0.25\n" +
        "metrics.json  text      -       a|b\\x1b[31m  diff not supported\n" +
        "\nPath         Param    HEAD    e1    Change\nparams.yaml  lr       0.1     0.2   0.1\n",
    );
    expect(await repository.succeed(["exp", "diff"])).toBe("\n");
  });

  test("of parameters and metrics", async () => {
    expect(await repository.succeed(["params", "diff", "e1"])).toBe(
      "Path         Param    e1    workspace\nparams.yaml  lr       0.2   0.1\n",
    );
    expect(JSON.parse(await repository.succeed(["metrics", "diff", "--json", "e1"]))["metrics.json"].acc).toEqual({
      old: 0.75,
      new: 0.5,
      diff: -0.25,
    });
    expect(await repository.succeed(["params", "diff"])).toBe("");
  });

  test("an unknown revision is refused", async () => {
    const result = await run("exp", "diff", "nosuch");
    expect(result.exitCode).toBe(255);
    expect(result.stderr).toContain("failed to show experiments diff - unknown Git revision 'nosuch'");
  });
});

describe("a broken parameter file", () => {
  test.each([
    ["params", "diff"],
    ["exp", "diff"],
    ["exp", "show"],
  ])("is named by %s %s, with the place and the cause", async (...args) => {
    const broken = makeRepository({ files });
    broken.write({ "params.yaml": "lr: 1\nlr: 2\n" });
    const { exitCode, stderr } = await broken.run(args);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/revisions: 'workspace'\.\n {2}unable to read: 'params\.yaml', line 2, column 1: found dup/);
  });
});

test("bytes and complex numbers are shown, and refused where a stage tracks them", async () => {
  const pipeline = "stages: {a: {cmd: 'true', params: [{p.py: null}]}}\n";
  const python = makeRepository({ files: { "dvc.yaml": pipeline, "p.py": 'a = b"x\\x00"\nb = 1+2j\nc = (1, 2)\n' } });
  python.write({ "p.py": "a = b'y'\nb = -2.5j\nc = [1, 2]\nd = 3\n" });
  expect(JSON.parse(await python.succeed(["params", "diff", "--json"]))["p.py"]).toMatchObject({
    a: { old: "b'x\\x00'", new: "b'y'" },
    b: { old: "(1+2j)", new: "(-0-2.5j)" },
    c: { old: "(1, 2)", new: "[1, 2]" },
  });
  const { exitCode, stderr } = await python.run(["exp", "run", "-S", "p.py:d=4"]);
  expect(exitCode).toBe(255);
  expect(stderr).toContain("p.py, line 1: 'a' holds bytes or a complex number");
  expect(python.read("p.py")).toContain("d = 3\n");
  python.write({ "dvc.yaml": pipeline.replace("null", "[d]") });
  await python.succeed(["repro"]);
});

describe("metrics show", () => {
  test("the workspace", async () => {
    expect(await repository.succeed(["metrics", "show"])).toBe("Path          acc\nmetrics.json  0.5\n");
    expect(await repository.succeed(["metrics", "show", "--json"])).toBe(
      '{"": {"data": {"metrics.json": {"data": {"acc": 0.5}}}}}\n',
    );
  });

  test("branches, without a workspace that says the same", async () => {
    expect(await repository.succeed(["metrics", "show", "-a"])).toBe(
      "Revision    Path          acc\nmain        metrics.json  0.5\n",
    );
  });

  test("without Git, and a file that is not there", async () => {
    const plain = makeRepository({ files, git: false });
    expect(await plain.succeed(["metrics", "show"])).toBe("Path          acc\nmetrics.json  0.5\n");
    const result = await plain.run(["metrics", "show", "nosuch.json", "metrics.json"]);
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toBe(
      "WARNING: failed to load some metrics for following revisions: 'workspace'.\n  'nosuch.json' does not exist\n",
    );
  });
});
