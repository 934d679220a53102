/** `--pull`: stages take what a remote has before they run. */
import { cpSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder, Repository } from "../../rig/index.ts";

const pipeline = `stages:
  make:
    cmd: echo ran >> "$DVC_ROOT/../ran"; mkdir data; cp raw.txt data/a; cp raw.txt made.txt
    deps: [raw.txt]
    outs: [data, made.txt]
  use:
    cmd: echo ran >> "$DVC_ROOT/../ran"; cat made.txt params.yaml > used.txt
    deps: [made.txt]
    params: [x]
    outs: [used.txt]
`;

let source: Repository;
let repository: Repository;
beforeAll(async () => {
  repository = makeRepository({ files: { "dvc.yaml": pipeline, "params.yaml": "x: 1\n", "raw.txt": "raw\n" } });
  await repository.succeed(["remote", "add", "-d", "store", "../store"]);
  repository.git("rm", "-q", "--cached", "raw.txt");
  await repository.succeed(["add", "raw.txt"]);
  await repository.succeed(["repro"]);
  await repository.succeed(["push", "--run-cache"]);
  repository.commit("ran");
  expect(repository.read("../ran")).toBe("ran\nran\n");
  forget("raw.txt", "data", "made.txt", "used.txt", ".dvc/cache", ".dvc/tmp");
  source = repository;
});
beforeEach(() => {
  repository = new Repository(makeTemporaryFolder());
  cpSync(source.root, repository.root, { recursive: true, preserveTimestamps: true });
});

/** As in a fresh clone. */
function forget(...names: readonly string[]): void {
  for (const name of names) rmSync(path.join(repository.folder, name), { recursive: true, force: true });
}
const timesRun = () => repository.read("../ran").split("\n").length - 1;

describe("repro --pull", () => {
  test("in a fresh clone brings all data and runs nothing; a dry run only says so", async () => {
    const lines = ["raw.txt.dvc", "make", "use"].map((name) => `Pulling data for stage: '${name}'\n`).join("");
    const told = `${lines}Data and pipelines are up to date.\n`;
    expect(await repository.succeed(["repro", "--pull", "--dry"])).toBe(told);
    expect(repository.exists("raw.txt")).toBe(false);
    expect(await repository.succeed(["repro", "--pull"])).toBe(told);
    expect(repository.read("used.txt")).toBe("raw\nx: 1\n");
    expect(repository.read("data/a")).toBe("raw\n");
    expect(timesRun()).toBe(2);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  test("with --allow-missing nothing is fetched that nobody needs; a stage that runs gets what it reads", async () => {
    repository.write({ "params.yaml": "x: 2\n" });
    await repository.succeed(["repro", "--pull", "--allow-missing"]);
    expect(repository.read("used.txt")).toBe("raw\nx: 2\n");
    expect(repository.exists("raw.txt")).toBe(false);
    expect(timesRun()).toBe(3);
  });

  test("without a lock file: from the remote's run-cache; not with --no-run-cache", async () => {
    const lock = repository.read("dvc.lock");
    forget("dvc.lock");
    const output = await repository.succeed(["repro", "--pull"]);
    expect(output).toContain("Stage 'make' is cached - skipping run, checking out outputs");
    expect(timesRun()).toBe(2);
    expect(repository.read("dvc.lock")).toBe(lock);
    forget("dvc.lock", "data", "made.txt", "used.txt", ".dvc/cache");
    await repository.succeed(["repro", "--pull", "--no-run-cache"]);
    expect(timesRun()).toBe(4);
  });

  test("what the remote lacks is made; without any remote it says so and goes on", async () => {
    const store = path.join(repository.root, "store/files/md5");
    // Of all that was pushed only what `use` makes is away.
    const made = /path: used.txt\n\s+hash: md5\n\s+md5: (\w\w)(\w+)/.exec(repository.read("dvc.lock")) ?? [];
    rmSync(path.join(store, made[1] ?? "none", made[2] ?? ""));
    const output = await repository.succeed(["repro", "--pull"]);
    expect(output).toContain("Unable to pull data for stage: 'use'\nRunning stage 'use':");
    expect(timesRun()).toBe(3);
    await repository.succeed(["remote", "remove", "store"]);
    forget("used.txt", ".dvc/cache");
    const alone = await repository.run(["repro", "--pull"]);
    expect(alone.exitCode).toBe(0);
    expect(alone.stderr).toContain("WARNING: Failed to pull run cache: config file error: no remote specified");
    // What lies in the workspace and is not in the cache counts as missing: both stages run.
    expect(timesRun()).toBe(5);
  });
});

describe("exp run --pull", () => {
  test.each([[["--temp"]], [["--queue"]], [[]]])("%j brings what the experiment needs", async (where) => {
    await repository.succeed(["exp", "run", "--pull", "-n", "pulled", "-S", "x=5", ...where]);
    if (where.includes("--queue")) await repository.succeed(["exp", "run", "--run-all"]);
    expect(timesRun()).toBe(3);
    expect(readdirSync(repository.folder).includes("raw.txt")).toBe(where.length === 0);
    const ref = repository.experimentRefs().find((name) => name.endsWith("/pulled"));
    expect(repository.git("show", `${ref}:dvc.lock`)).toContain("x: 5");
  });
});
