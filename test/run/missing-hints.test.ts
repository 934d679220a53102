/** The hint for what a copy lacks. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunFailure } from "../../src/experiments/failure.ts";
import type { ExperimentsContext } from "../../src/experiments/repository.ts";
import { failedOutput, hintForMissing } from "../../src/run/log-end.ts";
import { makeExperimentRepository } from "../cli/exp-project.ts";
import type { Repository } from "../rig/index.ts";
import { contextOf } from "./queued.ts";

let made: Repository;
let repository: Repository;
let context: ExperimentsContext;

beforeAll(() => {
  made = makeExperimentRepository();
});
beforeEach(() => {
  repository = made.copy();
  context = contextOf(repository);
});

describe("a run that missed a file", () => {
  const command: RunFailure = {
    kind: "stages",
    failures: [{ kind: "command", address: "copy", name: "copy", command: "sh copy.sh", end: { exitCode: 1 } }],
  };
  const refused: RunFailure = { kind: "refused", error: { code: "BUG_IN_TEST" as never, message: "" } };
  const hint = (log: string, missing: readonly string[] = [], failure: RunFailure = command) => {
    const file = path.join(repository.root, "log");
    writeFileSync(file, log);
    return hintForMissing(context, { missing }, failedOutput(failure, file));
  };

  beforeEach(() => repository.write({ "extra.txt": "1\n", "folder/deep.txt": "1\n", "out.txt": "1\n" }));

  test("which lies untracked in the workspace is told of -C", async () => {
    expect(await hint("cat: extra.txt: No such file\n")).toContain("name it with -C extra.txt");
    expect(await hint("open('folder/deep.txt') failed\n")).toContain("-C folder");
    expect(await hint("", ["folder/deep.txt"], refused)).toContain("-C folder");
  });

  test.each<[what: string, log: string]>([
    ["nothing that is there", "cat: nope.txt: No such file\n"],
    ["a longer word", "cat: my-extra.txt: No such file\ncat: extra.txt2: No such file\n"],
    ["an output, which the run makes itself", "cat: out.txt: No such file\n"],
    ["no word", ""],
  ])("but not where the output names %s", async (_what, log) => {
    expect(await hint(log)).toBeUndefined();
  });

  test("nor for words of a failure that is no command's, or without a log, or where the pipeline can't be read", async () => {
    expect(await hint("cat: extra.txt: No such file\n", [], refused)).toBeUndefined();
    const nothing = failedOutput(command, path.join(repository.root, "nowhere"));
    expect(await hintForMissing(context, { missing: [] }, nothing)).toBeUndefined();
    repository.write({ "dvc.yaml": "broken: [\n" });
    expect(await hint("cat: extra.txt: No such file\n")).toBeUndefined();
  });
});
