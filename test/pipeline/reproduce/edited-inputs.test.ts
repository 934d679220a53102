/** Inputs that are edited while a stage runs in the workspace: noticed, told, and neither recorded nor kept for others. */
import { describe, expect, test } from "vitest";
import { WorkspaceLock } from "../../../src/pipeline/locks/workspace-lock.ts";
import { editedInputs } from "../../../src/pipeline/reproduce/edited-inputs.ts";
import type { StageInputs } from "../../../src/pipeline/reproduce/entry.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { run, testProject } from "../project.ts";

const item = (path: string, md5: string, nfiles?: number) => ({
  path,
  hash: "md5" as const,
  md5,
  size: 1,
  ...(nfiles === undefined ? {} : { nfiles }),
});
const inputs = (deps: StageInputs["deps"], params: Readonly<Record<string, number>> = {}): StageInputs => ({
  deps,
  params: new Map([["params.yaml", new Map(Object.entries(params))]]),
});

describe("editedInputs", () => {
  test("names files, folders and parameters that are not what they were", () => {
    const before = inputs([item("a", "1"), item("b", "2"), item("d", "3.dir", 2)], { lr: 1, units: 2 });
    const after = inputs([item("a", "1"), item("b", "9"), item("d", "8.dir", 2)], { lr: 5, units: 2 });
    expect(editedInputs(before, after)).toEqual(["b", "d", "params.yaml:lr"]);
    expect(editedInputs(before, before)).toEqual([]);
  });

  test("a folder with more files than before is the stage's own doing, one with fewer is not", () => {
    const folder = inputs([item("d", "3.dir", 2)]);
    expect(editedInputs(folder, inputs([item("d", "4.dir", 3)]))).toEqual([]);
    expect(editedInputs(folder, inputs([item("d", "4.dir", 1)]))).toEqual(["d"]);
  });
});

/** A stage that copies its inputs, and in the middle does what somebody in another terminal would: it runs `edit.sh`. */
function project(edit: string): Repository {
  return makeRepository({
    files: {
      "params.yaml": "lr: 1\n",
      "code.txt": "code\n",
      "src/a.txt": "a\n",
      "edit.sh": edit,
      "dvc.yaml":
        "stages:\n  train:\n    cmd: cat code.txt params.yaml > w.txt && sh edit.sh\n    deps: [code.txt, src]\n    params: [lr]\n    outs: [w.txt]\n",
    },
  });
}

test.each([
  ["a dependency", "echo edited > code.txt", "'code.txt'"],
  ["a file of a folder", "echo b > src/a.txt", "'src'"],
  ["a parameter", "echo 'lr: 77' > params.yaml", "'params.yaml:lr'"],
])("%s: repro fails with its name, records nothing, and does not restore the result", async (_what, edit, name) => {
  const repository = project(`${edit}\n`);
  const first = await repository.run(["repro"]);
  expect(first).toMatchObject({ exitCode: 255 });
  expect(first.stderr).toContain(`${name} changed while the stage ran, so its result is not recorded`);
  expect(first.stderr).toContain("`sweepline commit train` records what is there");
  expect(repository.exists("dvc.lock")).toBe(false);
  repository.write({ "edit.sh": "true\n" });
  await repository.succeed(["repro"]);
  expect(repository.read("w.txt")).toBe(repository.read("code.txt") + repository.read("params.yaml"));
});

test("exp run in the workspace makes no experiment of it", async () => {
  const repository = project("echo 'lr: 77' > params.yaml\n");
  const { exitCode, stderr } = await repository.run(["exp", "run", "-n", "a", "-S", "lr=5"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("'params.yaml:lr' changed while the stage ran")]);
  expect(
    repository
      .git("for-each-ref", "refs/exps")
      .split("\n")
      .filter((line) => line.endsWith("/a")),
  ).toEqual([]);
});

test("what does not matter is recorded by commit; files that a stage adds to a folder do not count", async () => {
  const repository = project("echo edited > code.txt\n");
  expect((await repository.run(["repro"])).exitCode).toBe(255);
  await repository.succeed(["commit", "-f", "train"]);
  expect(repository.read("dvc.lock")).toContain("path: code.txt");
  const adding = project("mkdir -p src/__pycache__ && echo x > src/__pycache__/a.pyc\n");
  await adding.succeed(["repro"]);
  expect(adding.read("dvc.lock")).toContain("path: src");
});

test("the failure has a code of its own", async () => {
  const { project } = testProject({
    f: "1\n",
    "dvc.yaml": "stages:\n  a:\n    cmd: echo 2 > f\n    deps: [f]\n",
  });
  const lock = await WorkspaceLock.acquire(project, { command: "test" });
  const { result } = await run({ project }, { lock }).finally(() => lock.release());
  expect(result).toMatchObject({ kind: "failed", failures: [{ code: "INPUTS_EDITED" }] });
});
