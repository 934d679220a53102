import { rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const pipeline = `stages:
  make:
    cmd: mkdir data; echo a > data/a; echo b > data/b; echo made > made.txt; echo '{}' > own.json
    deps: [source.txt]
    outs: [data, made.txt, own.json: {push: false}]
  use:
    cmd: echo used > used.txt
    deps: [made.txt]
    outs: [used.txt]
`;

let reproduced: Repository;
let repository: Repository;
beforeAll(async () => {
  reproduced = makeRepository({ files: { "dvc.yaml": pipeline, "source.txt": "source\n" } });
  await reproduced.succeed(["remote", "add", "-d", "store", "../store"]);
  await reproduced.succeed(["repro"]);
});
beforeEach(() => {
  repository = reproduced.copy();
});
const status = (...args: readonly string[]) => repository.succeed(["status", ...args]);

/** The object of a file of the pipeline, in the cache or the remote. */
function forget(place: string, name: string): void {
  const text = repository.read("dvc.lock");
  const [, two = "none", rest = ""] =
    new RegExp(`path: ${name}\\n\\s+hash: md5\\n\\s+md5: (\\w\\w)(\\S+)`).exec(text) ?? [];
  rmSync(path.join(repository.folder, place, "files/md5", two, rest));
}

describe("status --cloud", () => {
  test("before and after a push; what is not to be pushed does not count", async () => {
    const all = { data: "new", "data/a": "new", "data/b": "new", "made.txt": "new", "used.txt": "new" };
    expect(JSON.parse(await status("--cloud", "--json"))).toEqual(all);
    expect(await status("-c", "use")).toBe("\tnew:                used.txt\n");
    expect(await status("-c", "-d", "use")).toContain("\tnew:                made.txt\n");
    expect((await repository.run(["status", "-c", "-q"])).exitCode).toBe(1);
    expect(await repository.succeed(["push", "-q"])).toBe("");
    expect(await status("-c")).toBe("Cache and remote 'store' are in sync.\n");
    expect(await status("-c", "-q")).toBe("");
  });

  test("deleted, new and missing, in this order; with -r alone as DVC prints it; nothing is fetched", async () => {
    await repository.succeed(["push", "-q"]);
    forget("../store", "made.txt");
    forget(".dvc/cache", "used.txt");
    forget(".dvc/cache", "data");
    const lines = ["deleted:            data", "deleted:            used.txt", "new:                made.txt"];
    expect(await status("-r", "store")).toBe(`${lines.join("\n")}\n`);
    forget("../store", "used.txt");
    expect(await status("-c", "use")).toBe("\tmissing:            used.txt\n");
    expect((await repository.run(["status", "-c", "-r", "none"])).exitCode).toBe(251);
  });
});
