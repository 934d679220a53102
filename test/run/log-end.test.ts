import path from "node:path";
import { describe, expect, it, test } from "vitest";
import { writeAtomic } from "../../src/base/files.ts";
import type { RunFailure } from "../../src/experiments/failure.ts";
import { openExperiments } from "../../src/experiments/repository.ts";
import { openProject } from "../../src/project/open.ts";
import { failedOutput, hintForMissing, lastLine } from "../../src/run/log-end.ts";
import { makeRepository, makeTemporaryFolder } from "../rig/index.ts";

const failure: RunFailure = {
  kind: "stages",
  failures: [{ kind: "command", name: "b", address: "b", command: "sh b.sh", end: { exitCode: 1 } }],
};

describe("what a command printed", () => {
  const log = path.join(makeTemporaryFolder(), "log");

  it("ends before what we wrote below, and begins after the last stage's command", () => {
    writeAtomic(
      log,
      "Running stage 'a':\n> sh a.sh\nof a\n\nRunning stage 'b':\n> sh b.sh\none\nERROR: of mine\nERROR: failed to reproduce 'b': failed to run: sh b.sh, exited with 1\n",
    );
    expect(failedOutput(failure, log)).toBe("one\nERROR: of mine\n");
  });

  it.each(["", "ERROR: failed to reproduce 'b': failed to run: sh b.sh, exited with 1\n"])("may be nothing", (end) => {
    writeAtomic(log, `Running stage 'b':\n> sh b.sh\n${end}`);
    expect(lastLine(failedOutput(failure, log))).toBeUndefined();
  });

  it("is nothing where no command failed, and where the log is gone", () => {
    expect(failedOutput({ kind: "killed" }, log)).toBe("");
    expect(failedOutput(failure, `${log}.gone`)).toBe("");
  });
});

test.each([
  ["Traceback (most recent call last):\n  File x\nValueError: bad\n\n", "ValueError: bad"],
  ["Error: boom\n    at a (b.js:1:2)\n    at c\n\nNode.js v22.1.0\n", "Error: boom"],
  ["10%\r50%\rout of memory\r\n", "out of memory"],
  ["why\nWARNING: ended what the stages left running (a process)\n", "why"],
  ["why\nUpdating lock file 'dvc.lock'\nCheckpoint experiment iteration 'bede355'.\n", "why"],
  [`${"x".repeat(1000)}\n`, "x".repeat(300)],
  ["\n\n", undefined],
])("the last line of %j", (output, line) => {
  expect(lastLine(output)).toBe(line);
});

describe("a hint on a missing file", () => {
  const repository = makeRepository({ files: { "params.yaml": "x: 1\n", "code/there.py": "" } });
  const files = ["helper.py", "code/deep.py", "lib/inner.py", "tools/x.mjs", "data one.csv", "code/table.csv"];
  repository.write(Object.fromEntries(files.map((name) => [name, "x\n"])));
  const context = openExperiments(openProject(repository.folder));
  const hint = async (output: string) =>
    /^'(.*)' is in your workspace/.exec((await hintForMissing(context, { missing: [] }, output)) ?? "")?.[1];

  it.each([
    ["ModuleNotFoundError: No module named 'helper'", "helper.py"],
    ["ModuleNotFoundError: No module named 'code.deep'", "code/deep.py"],
    ["ModuleNotFoundError: No module named 'lib.inner'", "lib"],
    ["ModuleNotFoundError: No module named 'inner'", "lib"],
    ["Error: Cannot find module '/tmp/copy/work/tools/x.mjs'", "tools"],
    ["cat: 'data one.csv': No such file or directory", "data one.csv"],
    ["FileNotFoundError: [Errno 2] No such file or directory: 'table.csv'", "code/table.csv"],
    ["ModuleNotFoundError: No module named 'numpy'", undefined],
    ["I read table.csv, and then: division by zero", undefined],
    ["myhelper.py.old is wrong", undefined],
  ])("for %j", async (output, name) => {
    expect(await hint(output)).toBe(name);
  });

  it("quotes what a shell would split", async () => {
    expect(await hintForMissing(context, { missing: ["data one.csv"] }, "")).toContain("-C 'data one.csv'");
  });
});
