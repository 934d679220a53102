/** Imports whose data is in no default remote of their source's: named by an output, by an option, by settings; a part of a folder; a project in a project. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

let base: Repository;
let source: Repository;
/** A repository without files, as a server has it. */
let bare: string;

beforeAll(async () => {
  base = makeRepository();
  source = makeRepository();
  const at = (name: string) => path.join(source.root, name);
  const put = (name: string, text: string) => writeFileSync(path.join(source.folder, name), text);
  mkdirSync(path.join(source.folder, "d/sub"), { recursive: true });
  for (const name of ["named", "hidden", "d/a", "d/sub/b"]) put(name, `${name}\n`);
  await source.succeed(["remote", "add", "-d", "first", at("first")]);
  await source.succeed(["remote", "add", "second", at("second")]);
  await source.succeed(["add", "named", "hidden", "d"]);
  await source.succeed(["push", "d.dvc"]);
  await source.succeed(["push", "-r", "second", "hidden.dvc"]);
  put("named.dvc", `${source.read("named.dvc")}  remote: second\n`);
  await source.succeed(["push", "named.dvc"]);
  const inner = { cwd: "inner" };
  mkdirSync(path.join(source.folder, inner.cwd));
  await source.succeed(["init", "--subdir", "-q"], inner);
  await source.succeed(["remote", "add", "-d", "own", at("own")], inner);
  put("inner/x", "x\n");
  await source.succeed(["add", "x"], inner);
  await source.succeed(["push"], inner);
  source.git("add", "-A");
  source.git("commit", "-qm", "data");
  bare = at("bare.git");
  source.git("clone", "-q", "--bare", ".", bare);
});

test.each([
  ["an output's own remote", ["named"], "named", "named\n"],
  ["--remote", ["hidden", "--remote", "second"], "hidden", "hidden\n"],
  ["--remote-config", ["hidden", "--remote-config", "url=SECOND"], "hidden", "hidden\n"],
  ["both", ["hidden", "--remote", "r", "--remote-config", "url=SECOND"], "hidden", "hidden\n"],
  ["a part of a folder", ["d/sub", "-o", "part"], "part/b", "d/sub/b\n"],
  ["a project in the project", ["inner/x"], "x", "x\n"],
] as const)("%s: imported, and pulled again from there", async (_what, words, file, text) => {
  const repository = base.copy();
  const all = words.map((word) => word.replace("SECOND", path.join(source.root, "second")));
  await repository.succeed(["import", bare, ...all]);
  expect(repository.read(file)).toBe(text);
  const out = file.split("/")[0] ?? "";
  for (const gone of [".dvc/cache", out]) rmSync(path.join(repository.folder, gone), { recursive: true, force: true });
  await repository.succeed(["pull", `${out}.dvc`]);
  expect(repository.read(file)).toBe(text);
});

test("what the cache here has need not be there", async () => {
  const repository = base.copy();
  writeFileSync(path.join(repository.folder, "mine"), "hidden\n");
  await repository.succeed(["add", "mine"]);
  await repository.succeed(["import", bare, "hidden"]);
  expect(repository.read("hidden")).toBe("hidden\n");
});

test("list goes into a project in the project", async () => {
  expect(await base.succeed(["list", bare, "inner"])).toContain("x.dvc");
});
