/** Folders of so many bytes that threads hash and store them. */
import { createHash } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const megabyte = 1 << 20;
let repository: Repository;
const at = (...parts: readonly string[]) => path.join(repository.folder, ...parts);
const md5Of = (file: string) => createHash("md5").update(readFileSync(file)).digest("hex");
const objectOf = (md5: string) => at(".dvc/cache/files/md5", md5.slice(0, 2), md5.slice(2));

/** Files without content on the disk, of different sizes: 0 to 6, and two that are the same. */
beforeEach(() => {
  repository = makeRepository({ files: { "a.txt": "a\n" } });
  repository.write({ "d/small.txt": "small\n", "d/deep/again.txt": "small\n" });
  const sizes = [14, 15, 16, 17, 18, 19, 14];
  for (const [index, size] of sizes.entries()) {
    writeFileSync(at("d", `part${index}`), "");
    truncateSync(at("d", `part${index}`), size * megabyte);
  }
  symlinkSync("part3", at("d", "link"));
});

interface Entry {
  readonly md5: string;
  readonly relpath: string;
}

function tracked(): readonly Entry[] {
  const md5 = /md5: (\w+\.dir)/.exec(repository.read("d.dvc"))?.[1] ?? "";
  return JSON.parse(readFileSync(objectOf(md5), "utf8"));
}

const threadsOf = (stderr: string) => new Set(stderr.match(/ worker \d+/g));

test("each file and object is what one thread makes of them, and status reads none again", async () => {
  const added = await repository.run(["add", "d"], { env: { SWEEPLINE_DEBUG: "hash" } });
  expect(added.exitCode).toBe(0);
  expect(threadsOf(added.stderr).size).toBeGreaterThan(0);
  const entries = tracked();
  expect(entries.map(({ relpath }) => relpath)).toEqual(
    ["deep/again.txt", "link", "small.txt", ...[0, 1, 2, 3, 4, 5, 6].map((index) => `part${index}`)].sort(),
  );
  for (const { md5, relpath } of entries) {
    expect([relpath, md5]).toEqual([relpath, md5Of(at("d", relpath))]);
    expect([relpath, statSync(objectOf(md5)).mode & 0o777, md5Of(objectOf(md5))]).toEqual([relpath, 0o444, md5]);
  }
  expect(await repository.succeed(["status"])).toContain("up to date");
});

test("an object that somebody changed is made anew", async () => {
  await repository.succeed(["add", "d"]);
  const { md5 = "" } = tracked().find(({ relpath }) => relpath === "part0") ?? {};
  chmodSync(objectOf(md5), 0o644);
  writeFileSync(objectOf(md5), Buffer.alloc(14 * megabyte, "x"));
  rmSync(at(".dvc/tmp"), { recursive: true });
  await repository.succeed(["add", "d"]);
  expect(md5Of(objectOf(md5))).toBe(md5);
});

test("a file that can't be read is named, and nothing is tracked", async () => {
  mkdirSync(at("e"));
  for (const index of [1, 2]) linkSync(at("d", `part${index}`), at("e", `part${index}`));
  // Of the system: its size says nothing of what comes of it.
  symlinkSync("/proc/self/mem", at("e", "memory"));
  for (const index of [3, 4, 5]) linkSync(at("d", `part${index}`), at("e", `part${index}`));
  const { exitCode, stderr } = await repository.run(["add", "e"]);
  expect([exitCode === 0, stderr.includes("memory")]).toEqual([false, true]);
  expect(repository.git("status", "--short")).not.toContain("e.dvc");
});
