import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { checkEntries, checkPlace, checkStored, holdFolder, isOwnFolder, named } from "../../src/project/gate.ts";
import { makeTemporaryFolder } from "../rig/index.ts";

const refused = expect.objectContaining({ code: "OUTSIDE_PROJECT" });

function makeRoot(): string {
  const root = path.join(makeTemporaryFolder(), "p");
  mkdirSync(path.join(root, "data"), { recursive: true });
  mkdirSync(path.join(root, ".git"));
  symlinkSync("..", path.join(root, "up"));
  symlinkSync(".git", path.join(root, "hooks"));
  symlinkSync("data", path.join(root, "alias"));
  return root;
}

it.each(["../x", "", "/x", "up/x", "hooks/x", ".git/x", "a/.GIT/x", ".git /x", ".git./x", "git~1/x", ".git::$INDEX/x"])(
  "refuses to place data at '%s'",
  (name) => {
    const root = makeRoot();
    expect(() => checkPlace(root, path.resolve(root, name))).toThrow(refused);
  },
);

it.each([".g\u200cit/x", ".dvc/config", "a/.Dvc/tmp/x", "dvc.lock", "a/dvc.lock", "nul\0", "n".repeat(256)])(
  "refuses to place data at %j",
  (name) => {
    const root = makeRoot();
    expect(() => checkPlace(root, path.join(root, name))).toThrow(refused);
  },
);

it.each(["x", "new/x", "alias/x", ".gitignore", "data/.github/x", "up"])("lets data be placed at '%s'", (name) => {
  const root = makeRoot();
  expect(() => checkPlace(root, path.join(root, name))).not.toThrow();
});

it.each([
  [["a", ".git/config"]],
  [["a/.GIT/config"]],
  [["a\\.git\\config"]],
  [["a", "a/b"]],
  [["a", "a"]],
  [["d/".repeat(2500)]],
  [["n".repeat(256)]],
])("refuses the list of files %j", (names) => {
  expect(() => checkEntries("/p/data", names)).toThrow(refused);
});

it.each([".GIT/x", "a/.Git", "git~1", "a/b/.git /x", ".g\u200cit/config", ".DVC/x", "a/.dvc::$DATA"])(
  "refuses to store a folder that holds %j, which no checkout would write",
  (name) => {
    expect(() => checkStored("/p/data", ["a", name])).toThrow(refused);
    expect(() => checkEntries("/p/data", ["a", name])).toThrow(refused);
  },
);

it("stores folders of usual names", () => {
  expect(() => checkStored("/p/data", ["a", "x.git/a", "digit", ".gitignore", "legit/dvc.yaml", "git"])).not.toThrow();
});

it("takes lists of usual files", () => {
  expect(() => checkEntries("/p/data", ["a", "ab/c", "a.b/.gitignore", "git"])).not.toThrow();
});

it("writes into the folder that was opened, whatever takes its name meanwhile", () => {
  const root = makeRoot();
  const outside = makeTemporaryFolder();
  const folder = path.join(root, "data");
  const held = holdFolder(folder, { root, top: path.join(folder, "out"), missing: "make" });
  renameSync(folder, path.join(root, "moved"));
  symlinkSync(outside, folder);
  writeFileSync(held?.at("x") ?? "", "1");
  held?.close();
  expect(readdirSync(outside)).toEqual([]);
  expect(readFileSync(path.join(root, "moved", "x"), "utf8")).toBe("1");
  expect(() => holdFolder(folder, { root, top: path.join(folder, "out"), missing: "make" })).toThrow(refused);
});

it("puts a folder in the place of a link inside of data", () => {
  const root = makeRoot();
  const outside = makeTemporaryFolder();
  const top = path.join(root, "data");
  symlinkSync(outside, path.join(top, "sub"));
  const held = holdFolder(path.join(top, "sub"), { root, top, missing: "make" });
  writeFileSync(held?.at("x") ?? "", "1");
  held?.close();
  expect(readdirSync(outside)).toEqual([]);
  expect(readFileSync(path.join(top, "sub", "x"), "utf8")).toBe("1");
});

it("knows a folder of ours from a link", () => {
  const root = makeRoot();
  expect(isOwnFolder(root, path.join(root, "data"))).toBe(true);
  expect(isOwnFolder(root, path.join(root, "not", "there"))).toBe(true);
  expect(isOwnFolder(root, path.join(root, "up", "p"))).toBe(false);
  expect(isOwnFolder(root, path.join(root, "alias"))).toBe(false);
});

it("a failure in a held folder names the file by its own path", () => {
  const root = makeRoot();
  const folder = path.join(root, "data");
  const held = holdFolder(folder, { root, top: folder, missing: "skip" });
  const at = held?.at("x") ?? "";
  const file = path.join(folder, "x");
  expect(() => named(file, at, () => readFileSync(at))).toThrow(
    expect.objectContaining({ path: file, message: `ENOENT: no such file or directory, open '${file}'` }),
  );
  expect(() => named(file, at, () => renameSync(`${at}.aside`, at))).toThrow(
    expect.objectContaining({
      path: `${file}.aside`,
      dest: file,
      message: `ENOENT: no such file or directory, rename '${file}.aside' -> '${file}'`,
    }),
  );
  held?.close();
});
