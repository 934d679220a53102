/** Bundles of results: written where a job may write, read where they are files of Git's and nothing else. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { namedFile } from "../../src/base/named-file.ts";
import { bundlesBelow, openBundleFolder, writeBundle } from "../../src/ci/bundles.ts";
import { checkBundle } from "../../src/experiments/share/git-bundle.ts";
import { makeTemporaryFolder } from "../rig/index.ts";
import { makeRemoteRepository, Planned } from "./planned.ts";

let made: Planned;
let folder: string;
beforeAll(async () => {
  made = await Planned.make(makeRemoteRepository(), "x=1,2");
  await made.result(0);
});
beforeEach(() => {
  folder = makeTemporaryFolder();
});

const write = (name: string, refs = [made.ref(0)]) =>
  writeBundle(made.context, namedFile(folder, name), { plan: made.plan, refs });

test("a bundle holds the results without the baseline; for none there is no file", async () => {
  await write("r.bundle");
  checkBundle(path.join(folder, "r.bundle"));
  expect(made.repository.git("bundle", "list-heads", path.join(folder, "r.bundle"))).toContain(made.ref(0));
  expect(made.repository.git("bundle", "verify", path.join(folder, "r.bundle"))).toContain(made.plan.baseline);
  await write("none.bundle", []);
  expect(existsSync(path.join(folder, "none.bundle"))).toBe(false);
});

test("a pipe or a device stays one", async () => {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const read = new Promise<string>((resolve, reject) => {
    import("node:fs/promises").then(({ readFile }) => readFile(pipe, "latin1")).then(resolve, reject);
  });
  await write("pipe");
  expect(await read).toMatch(/^# v[23] git bundle\n/);
});

test("what is no bundle is refused, also a link to one and a folder", async () => {
  await write("r.bundle");
  symlinkSync("r.bundle", path.join(folder, "link.bundle"));
  mkdirSync(path.join(folder, "folder.bundle"));
  writeFileSync(path.join(folder, "short.bundle"), "#");
  for (const name of ["link.bundle", "folder.bundle", "short.bundle", "nope.bundle"])
    expect(() => checkBundle(path.join(folder, name)), name).toThrow(
      expect.objectContaining({ code: "BUNDLE_INVALID" }),
    );
});

test("bundles are found at any depth, in order, and no link to a folder is followed", async () => {
  for (const name of ["b/2.bundle", "b/1.bundle", "a.bundle", "b/x.txt"]) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), "");
  }
  symlinkSync("..", path.join(folder, "b/up"));
  expect(bundlesBelow(folder)).toEqual(["a.bundle", "b/1.bundle", "b/2.bundle"]);
});

test("the folder of a bundle is made before the work; what can't be one is refused", () => {
  openBundleFolder(namedFile(folder, "new/deep/r.bundle"));
  expect(existsSync(path.join(folder, "new/deep"))).toBe(true);
  writeFileSync(path.join(folder, "file"), "");
  for (const name of ["new/deep", "file/r.bundle"])
    expect(() => openBundleFolder(namedFile(folder, name)), name).toThrow(
      expect.objectContaining({ code: "BUNDLE_REFUSED" }),
    );
});
