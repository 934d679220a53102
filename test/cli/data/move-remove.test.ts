/** `move`, `remove` and `unprotect`: outputs and files as DVC leaves them. */
import { lstatSync, mkdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const definition = `# the pipeline
stages:
  # first
  a: {cmd: cp data a, deps: [data], outs: [a]}
  b:
    cmd: cp a b   # copies
    deps: [a]
    outs: [b]
`;

let made: Repository;
let repository: Repository;
beforeAll(async () => {
  made = makeRepository({ files: { "dvc.yaml": definition } });
  made.write({ data: "1\n", "sub/folder/x": "x\n" });
  await made.succeed(["add", "-q", "data", "sub/folder"]);
  await made.succeed(["repro", "-q"]);
  made.commit("made");
});
beforeEach(() => {
  repository = made.copy();
});

const changes = () => repository.git("status", "--porcelain").split("\n").sort();

describe("move", () => {
  test("takes the .dvc file and the line in .gitignore along", async () => {
    repository.write({ "sub/folder.dvc": `# mine\n${repository.read("sub/folder.dvc")}meta: {by: me}\n` });
    expect(await repository.succeed(["move", "sub/folder", "other"])).toContain(
      "git add sub/folder.dvc other.dvc .gitignore",
    );
    expect(repository.read("other.dvc")).toBe(
      made.read("sub/folder.dvc").replace("path: folder", "path: other").replace(/^/, "# mine\n") +
        "meta: {by: me}\n",
    );
    expect(repository.read("other/x")).toBe("x\n");
    expect(changes()).toEqual([" D sub/.gitignore", " D sub/folder.dvc", " M .gitignore", "?? other.dvc"]);
    expect(await repository.succeed(["status", "other.dvc"])).toContain("up to date");
  });

  test("into a folder that is there, from a folder inside", async () => {
    mkdirSync(path.join(repository.folder, "new"));
    await repository.succeed(["move", "../data", "../new"], { cwd: "sub" });
    expect([repository.exists("data"), repository.read("new/data")]).toEqual([false, "1\n"]);
    expect(repository.read("new/data.dvc")).toContain("path: data\n");
  });

  test("an import keeps its source, and has the hash that DVC gives it", async () => {
    repository.write({
      "got.dvc":
        "md5: 0\nfrozen: true\ndeps:\n- md5: 3e7d4585a1d42237fbbe16c6be1e1952\n  size: 3\n  hash: md5\n  path: /tmp/h3/ext/file\nouts:\n- md5: 3e7d4585a1d42237fbbe16c6be1e1952\n  size: 3\n  hash: md5\n  path: got\n",
      got: "e1\n",
    });
    await repository.succeed(["move", "got", "u2"]);
    // Recorded of DVC 3.67.1.
    expect(repository.read("u2.dvc")).toContain("md5: f836b9822a7d0df1b559eca3fdb336a4\nfrozen: true\n");
    // A hash of which a parameter file's editor thinks that it might be a number.
    await repository.succeed(["move", "u2", "v1"]);
    expect(repository.read("v1.dvc")).toMatch(/^md5: 2ea17922f4f0fc67081445fde334360f\n/);
  });

  test.each([
    [["nosuch", "x"], "Unable to find DVC file with output 'nosuch'"],
    [["a", "x"], "move is not permitted for stages that are not data sources"],
    [["data", "no/where"], "does not exist"],
    [["data", "x.dvc"], "DVC file 'x.dvc' cannot be an output"],
    [["data", "../out"], "outside"],
    [["data", "sub/folder"], "overlaps"],
    [["data", "dvc.lock"], "failed to move 'data' -> 'dvc.lock'"],
  ])("refuses %j", async (args, words) => {
    const { exitCode, stderr } = await repository.run(["move", ...args]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(words)]);
    expect(changes()).toEqual([""]);
  });
});

describe("remove", () => {
  test("of a .dvc file leaves the data; with --outs that goes too", async () => {
    await repository.succeed(["remove", "sub/folder.dvc"]);
    expect(changes()).toEqual([" D sub/.gitignore", " D sub/folder.dvc", "?? sub/folder/"]);
    await repository.succeed(["remove", "--outs", "data.dvc"]);
    expect(repository.exists("data")).toBe(false);
    expect(repository.read(".gitignore")).toBe("/a\n/b\n");
  });

  test("of a stage leaves the bytes of the others, and of comments", async () => {
    await repository.succeed(["remove", "a"]);
    expect(repository.read("dvc.yaml")).toBe(definition.replace(/ {2}a: .*\n/, ""));
    expect(repository.read("dvc.lock")).toMatch(/^schema: '2\.0'\nstages:\n {2}b:/);
    await repository.succeed(["remove", "b"]);
    expect([repository.exists("dvc.yaml"), repository.exists("dvc.lock")]).toEqual([false, false]);
  });

  test("of the last stage leaves what else dvc.yaml says", async () => {
    repository.write({ "dvc.yaml": "stages:\n  b: {cmd: cp a b, deps: [data], outs: [b]}\nmetrics:\n- m.json\n" });
    await repository.succeed(["remove", "b"]);
    expect(repository.read("dvc.yaml")).toBe("metrics:\n- m.json\n");
  });

  test.each([
    ["data", "'data' is not a .dvc file. Do you mean 'data.dvc'?"],
    ["nosuch", "Stage 'nosuch' not found inside 'dvc.yaml' file"],
  ])("refuses %s", async (target, words) => {
    const { exitCode, stderr } = await repository.run(["remove", "b", target]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(words)]);
    expect(changes()).toEqual([""]);
  });

  test("refuses a generated stage", async () => {
    repository.write({ "dvc.yaml": "stages:\n  m:\n    foreach: [x, y]\n    do:\n      cmd: touch ${item}\n" });
    const { exitCode, stderr } = await repository.run(["remove", "m@x"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("generated by foreach or matrix")]);
  });
});

test("unprotect makes links files that may be edited; of what is not there it says so", async () => {
  await repository.succeed(["config", "cache.type", "symlink,hardlink"]);
  await repository.succeed(["checkout", "--relink", "-q"]);
  const kind = (name: string) => lstatSync(path.join(repository.folder, name));
  expect([kind("data").isSymbolicLink(), kind("sub/folder/x").isSymbolicLink()]).toEqual([true, true]);
  expect(await repository.succeed(["unprotect", "data", "sub/folder"])).toBe("");
  expect([kind("data").isSymbolicLink(), kind("sub/folder/x").isSymbolicLink()]).toEqual([false, false]);
  expect(kind("data").mode & 0o200).toBe(0o200);
  const { exitCode, stderr } = await repository.run(["unprotect", "data", "nosuch"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("can't unprotect non-existing data 'nosuch'")]);
});
