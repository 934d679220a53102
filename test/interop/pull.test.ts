/** `--pull` and `status --cloud` on one remote: what one tool pushed, the other takes and counts. */
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { describeWithDvc, dvc } from "./peers.ts";

const pipeline = `stages:
  make:
    cmd: echo ran >> ../ran; mkdir data; echo a > data/a; cp raw.txt made.txt
    deps: [raw.txt]
    outs: [data, made.txt]
  use:
    cmd: echo ran >> ../ran; cat made.txt made.txt > used.txt
    deps: [made.txt]
    outs: [used.txt]
`;

const forget = (repository: Repository, ...names: readonly string[]) => {
  for (const name of names) rmSync(path.join(repository.folder, name), { recursive: true, force: true });
};
const ours = (repository: Repository, ...args: readonly string[]) => repository.succeed(args);

describeWithDvc("pulling before running", () => {
  test.each([
    ["ours", ours, dvc],
    ["theirs", dvc, ours],
  ] as const)("%s pushes, the other pulls: nothing runs, with and without lock file", async (_, push, pull) => {
    const repository = makeRepository({ files: { "dvc.yaml": pipeline } });
    repository.write({ "raw.txt": "raw\n" });
    await dvc(repository, "remote", "add", "-d", "store", path.join(repository.root, "store"));
    await push(repository, "add", "raw.txt");
    await push(repository, "repro");
    await push(repository, "push", "--run-cache");
    repository.commit("ran");
    for (const lost of [[], ["dvc.lock"]]) {
      forget(repository, "raw.txt", "data", "made.txt", "used.txt", ".dvc/cache", ".dvc/tmp", ...lost);
      await pull(repository, "repro", "--pull");
      expect(repository.read("used.txt")).toBe("raw\nraw\n");
      expect(repository.read("data/a")).toBe("a\n");
      expect(repository.read("../ran")).toBe("ran\nran\n");
      expect(repository.git("status", "--porcelain")).toBe("");
    }
  });

  test("status --cloud: the same states of the same files", async () => {
    const repository = makeRepository({ files: { "dvc.yaml": pipeline } });
    repository.write({ "raw.txt": "raw\n" });
    await dvc(repository, "remote", "add", "-d", "store", path.join(repository.root, "store"));
    await ours(repository, "add", "raw.txt");
    await ours(repository, "repro");
    const same = async (...args: readonly string[]) => {
      const mine = JSON.parse(await ours(repository, "status", "--json", ...args)) as Record<string, string>;
      const theirs = JSON.parse(await dvc(repository, "status", "--json", ...args)) as Record<string, string>;
      // Of files with the same content DVC names one.
      expect(mine).toMatchObject(theirs);
      expect(new Set(Object.values(mine))).toEqual(new Set(Object.values(theirs)));
    };
    await same("-c");
    await ours(repository, "push", "use");
    await same("-c");
    await same("-r", "store", "use");
    rmSync(path.join(repository.folder, ".dvc/cache/files"), { recursive: true });
    await same("-c", "use");
    await same("-c", "raw.txt.dvc");
  });
});
