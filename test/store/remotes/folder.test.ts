import { execFileSync } from "node:child_process";
import { mkdirSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { folderRemote } from "../../../src/store/remotes/folder.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";
import { put, take, testsOfRemote } from "./conformance.ts";

testsOfRemote("folder", () => folderRemote("store", path.join(makeTemporaryFolder(), "not", "there", "yet")));

it("keeps objects read-only and runs plain, as DVC does", async () => {
  const folder = makeTemporaryFolder();
  const remote = folderRemote("store", folder);
  await put(remote, { "files/md5/ab/1": "1", "runs/ab/1": "2" });
  expect(statSync(path.join(folder, "files/md5/ab/1")).mode & 0o777).toBe(0o444);
  expect(statSync(path.join(folder, "runs/ab/1")).mode & 0o777).toBe(0o644);
});

it("waits for no pipe, and takes nothing from a device", async () => {
  const folder = makeTemporaryFolder();
  mkdirSync(path.join(folder, "files/md5/ab"), { recursive: true });
  execFileSync("mkfifo", [path.join(folder, "files/md5/ab/1")]);
  symlinkSync("/dev/zero", path.join(folder, "files/md5/ab/2"));
  const { stored, failures } = await take(folderRemote("store", folder), ["files/md5/ab/1", "files/md5/ab/2"]);
  expect(stored).toEqual([]);
  expect(failures.map(([, failure]) => failure)).toEqual([
    expect.objectContaining({ code: "NOT_A_FILE" }),
    expect.objectContaining({ code: "NOT_A_FILE" }),
  ]);
});
