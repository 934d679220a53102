/** Files beside the data: .gitignore lines, .dvc files, and what starts a project. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ignoreInGit, isGitIgnored } from "../../src/project/gitignore.ts";
import { initProject } from "../../src/project/init.ts";
import { openProject } from "../../src/project/open.ts";
import { formatDvcFile, replaceHash, writeDvcFile } from "../../src/store/dvc-file.ts";
import { type Files, makeRepository, makeTemporaryFolder } from "../rig/index.ts";

function setup(files: Files = {}) {
  const repository = makeRepository({ files });
  const project = openProject(repository.folder, repository.env);
  const at = (name: string) => path.join(repository.folder, name);
  return { repository, project, at, ignored: () => readFileSync(at(".gitignore"), "utf8") };
}

const hintWith = (words: string) => expect.objectContaining({ hint: expect.stringContaining(words) });

describe("ignoreInGit", () => {
  it("adds a line, once, escaped so that Git ignores that file only", () => {
    const { repository, project, at, ignored } = setup();
    repository.write({ "we[ir]d #x.txt": "", plain: "" });
    expect(ignoreInGit(project, at("we[ir]d #x.txt"))).toBe(at(".gitignore"));
    expect(ignoreInGit(project, at("we[ir]d #x.txt"))).toBeUndefined();
    expect(ignored()).toBe("/we\\[ir\\]d \\#x.txt\n");
    expect(repository.git("check-ignore", "we[ir]d #x.txt", "weid #x.txt", "plain").split("\n")).toHaveLength(1);
  });

  it("adds a missing newline, and no line for what is ignored already", () => {
    const { project, at, ignored } = setup({ ".gitignore": "*.bin" });
    expect(ignoreInGit(project, at("a.bin"))).toBeUndefined();
    ignoreInGit(project, at("b.txt"));
    expect(ignored()).toBe("*.bin\n/b.txt\n");
  });

  it("tells names apart that differ in case only, whatever else the file says", () => {
    const { project, at, ignored } = setup({ ".gitignore": "/model.pkl\n" });
    ignoreInGit(project, at("Model.pkl"));
    writeFileSync(at(".gitignore"), `${ignored()}*.bin\n`);
    ignoreInGit(project, at("MODEL.pkl"));
    expect(ignored()).toBe("/model.pkl\n/Model.pkl\n*.bin\n/MODEL.pkl\n");
  });

  it("agrees with Git on nested files and exceptions", async () => {
    const { repository, at } = setup({
      ".gitignore": "*.log\nout/\n",
      "sub/.gitignore": "!keep.log\n/top\n",
      "sub/deep/x": "",
    });
    mkdirSync(at("sub/out"));
    for (const name of ["a.log", "sub/keep.log", "sub/top", "sub/deep/top", "sub/deep/keep.log", "sub/out"]) {
      const { exitCode } = await repository.startProgram("git", ["check-ignore", "-q", name]).result();
      expect([name, isGitIgnored(repository.folder, at(name))]).toEqual([name, exitCode === 0]);
    }
  });
});

const hash = { md5: "6ea46d53348e675e87743182f72de908.dir", size: 4, nfiles: 2 };

describe(".dvc files", () => {
  it("are written as DVC writes them", () => {
    expect(formatDvcFile("d", hash)).toBe(
      "outs:\n- md5: 6ea46d53348e675e87743182f72de908.dir\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: d\n",
    );
    expect(formatDvcFile("a: b", { md5: hash.md5, size: 1, isexec: true })).toContain(
      "  isexec: true\n  hash: md5\n  path: 'a: b'\n",
    );
  });

  it("keep other keys and comments when they are updated", () => {
    const text = "# mine\nouts:\n- md5: 0123\n  size: 1\n  hash: md5\n  path: d\n  desc: why # not\nmeta:\n  a: 1\n";
    expect(replaceHash(text, hash)).toBe(
      "# mine\nouts:\n- md5: 6ea46d53348e675e87743182f72de908.dir\n  size: 4\n  hash: md5\n  path: d\n  desc: why # not\n  nfiles: 2\nmeta:\n  a: 1\n",
    );
  });

  it("keep the order of keys, and comments behind values, as DVC 3.67.1 does", () => {
    const text =
      "outs: # all\n- path: d   # the data\n  nfiles: 7\n  hash: md5\n  md5: 0123 # hash\n  desc: |\n    long\n  size: 1\n";
    expect(replaceHash(text, { md5: "4567", size: 2 })).toBe(
      "outs: # all\n- path: d   # the data\n  hash: md5\n  md5: '4567' # hash\n  desc: |\n    long\n  size: 2\n",
    );
  });

  it("of another style are refused, not broken", () => {
    const file = path.join(makeTemporaryFolder(), "d.dvc");
    writeFileSync(file, "outs: [{md5: x, path: d}]\n");
    expect(() => writeDvcFile(file, "d", hash)).toThrow(expect.objectContaining({ code: "DVC_FILE_UNUSUAL" }));
    expect(readFileSync(file, "utf8")).toBe("outs: [{md5: x, path: d}]\n");
  });
});

describe("initProject", () => {
  it("writes what dvc init writes", () => {
    const { folder } = makeRepository({ dvc: false });
    const { files } = initProject(folder, { git: "top", existing: "refuse" });
    const contents = files.map((file) => [path.relative(folder, file), readFileSync(file, "utf8")]);
    expect(contents).toEqual([
      [".dvc/config", ""],
      [".dvc/.gitignore", "/config.local\n/tmp\n/cache\n"],
      [
        ".dvcignore",
        "# Add patterns of files dvc should ignore, which could improve\n# the performance. Learn more at\n# https://dvc.org/doc/user-guide/dvcignore\n",
      ],
    ]);
  });

  it("refuses a second time, unless it is told to replace", () => {
    const { folder } = makeRepository();
    writeFileSync(path.join(folder, ".dvc/config"), "[core]\n    autostage = true\n");
    expect(() => initProject(folder, { git: "top", existing: "refuse" })).toThrow("'.dvc' exists");
    initProject(folder, { git: "top", existing: "replace" });
    expect(readFileSync(path.join(folder, ".dvc/config"), "utf8")).toBe("");
  });

  it("refuses a folder below the top of the work tree, and one without Git", () => {
    const { folder } = makeRepository({ dvc: false, files: { "sub/x": "" } });
    const sub = path.join(folder, "sub");
    expect(() => initProject(sub, { git: "top", existing: "refuse" })).toThrow(hintWith("--subdir"));
    expect(initProject(sub, { git: "subdir", existing: "refuse" }).gitRoot).toBe(folder);
    const bare = makeTemporaryFolder();
    expect(() => initProject(bare, { git: "top", existing: "refuse" })).toThrow(hintWith("--no-scm"));
    initProject(bare, { git: "none", existing: "refuse" });
    expect(readFileSync(path.join(bare, ".dvc/config"), "utf8")).toBe("[core]\n    no_scm = True\n");
    expect(openProject(bare, {}).gitRoot).toBeNull();
  });

  it("refuses a folder whose .dvc Git ignores", () => {
    const { folder } = makeRepository({ dvc: false, files: { ".gitignore": ".dvc\n" } });
    expect(() => initProject(folder, { git: "top", existing: "refuse" })).toThrow("is ignored by your SCM tool");
  });
});
