/** `cache.shared` and `remote.NAME.shared`: the modes that real DVC gives, whatever the umask of the process. */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeRepository } from "../rig/index.ts";

/** "2775 files/md5" for each folder and file below, names of hashes shortened. */
function modesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => {
      const mode = (statSync(path.join(folder, name)).mode & 0o7777).toString(8);
      return `${mode} ${name.replace(/[0-9a-f]{30,}/g, "*").replace(/\/[0-9a-f]{2}(?=\/|$)/g, "/ab")}`;
    })
    .sort();
}

test.each(["group", undefined])("shared: %s", async (shared) => {
  const repository = makeRepository();
  const remote = path.join(path.dirname(repository.folder), `${path.basename(repository.folder)}-remote`);
  await repository.succeed(["remote", "add", "-q", "-d", "r", remote]);
  if (shared !== undefined) {
    await repository.succeed(["config", "cache.shared", shared]);
    await repository.succeed(["remote", "modify", "r", "shared", shared]);
  }
  repository.write({ i: "1\n", "dvc.yaml": "stages:\n  s:\n    cmd: echo 1 > x\n    deps: [i]\n    outs: [x]\n" });
  await repository.succeed(["repro"]);
  await repository.succeed(["push", "--run-cache"]);
  const cache = modesBelow(path.join(repository.folder, ".dvc/cache"));
  const pushed = modesBelow(remote);
  if (shared === undefined) {
    expect([...cache, ...pushed].filter((line) => line.startsWith("2"))).toEqual([]);
    return;
  }
  const objects = ["2775 files", "2775 files/md5", "2775 files/md5/ab", "444 files/md5/ab/*"];
  expect(cache).toEqual(
    [
      ...objects.slice(0, 3),
      "2775 runs",
      "2775 running",
      "2775 runs/ab",
      "2775 runs/ab/*",
      objects[3],
      "664 runs/ab/*/*",
    ].sort(),
  );
  expect(pushed).toEqual(expect.arrayContaining(objects.slice(1)));
});
