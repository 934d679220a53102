/** Faults of the machine: a full disk, a cache that can't be written, no file handles, broken and lost files, a clock set back. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  experimentFiles,
  experimentNames,
  makeExperimentRepository,
  queueRefs,
  userState,
} from "../cli/exp-project.ts";
import { states, status } from "../cli/queue/project.ts";
import { makeTemporaryFolder, Repository } from "../rig/index.ts";

const isFull = process.env.SWEEPLINE_FAULTS_STRIDE !== undefined;
const mounts: string[] = [];
afterAll(() => {
  for (const folder of mounts.reverse()) execFileSync("umount", ["-l", folder]);
});

function mount(...args: readonly string[]): boolean {
  try {
    execFileSync("mount", args, { stdio: "ignore" });
    mounts.push(args.at(-1) ?? "");
    return true;
  } catch {
    return false;
  }
}

/** Only root may mount, and not in every container. */
const probe = path.join(makeTemporaryFolder(), "probe");
mkdirSync(probe);
const canMount = mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", probe);

const state = ".dvc/tmp/exps/sweepline";
const queue = (repository: Repository, values: string, name = "p") =>
  repository.succeed(["exp", "run", "--queue", "-n", name, "-S", `x=${values}`]);

describe.skipIf(!canMount)("with a file system of its own (needs the right to mount)", () => {
  function repositoryOn(size: string): Repository {
    const folder = path.join(makeTemporaryFolder(), "disk");
    mkdirSync(folder);
    if (!mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder)) throw new Error("can't mount");
    const repository = new Repository(folder);
    repository.write({ ".dvc/config": "", ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n", ...experimentFiles });
    repository.git("init", "--quiet");
    repository.commit("start");
    return repository;
  }

  test("a full disk: nothing of the queue is lost, and with room again it goes on", async () => {
    const repository = repositoryOn("24m");
    await queue(repository, "1,2,3,4");
    const before = userState(repository);
    const ballast = path.join(repository.root, "ballast");
    const levels = isFull ? [0, 4 << 10, 16 << 10, 48 << 10, 120 << 10, 300 << 10] : [0, 16 << 10, 120 << 10];
    for (const free of levels) {
      rmSync(ballast, { force: true });
      fill(ballast, repository.root, free);
      await repository.run(["exp", "run", "--run-all"]).then(({ exitCode, stderr }) => {
        if (exitCode !== 0) expect(stderr).toMatch(/ENOSPC|space|failed|worker was lost|could not/i);
      });
      rmSync(ballast, { force: true });
      const seen = await states(repository);
      expect(seen.map((line) => line.split(" ")[0]).sort(), `${free} bytes free`).toEqual(["p-1", "p-2", "p-3", "p-4"]);
      expect(seen.filter((line) => line.endsWith("running"))).toEqual([]);
      await repository.run(["queue", "retry", "--failed"]).then((result) => result.exitCode);
    }
    await repository.succeed(["exp", "run", "--run-all"]);
    expect(experimentNames(repository)).toEqual(["p-1", "p-2", "p-3", "p-4"]);
    expect(userState(repository)).toBe(before);
    expect(repository.git("fsck", "--no-dangling")).toBe("");
  }, 120_000);

  test("a cache that can only be read: the run fails and says so, and with a cache again it is done", async () => {
    const repository = makeExperimentRepository();
    const cache = path.join(repository.folder, ".dvc/cache");
    mkdirSync(cache, { recursive: true });
    await queue(repository, "5");
    expect(mount("--bind", cache, cache) && mount("-o", "remount,ro,bind", cache)).toBe(true);
    mounts.pop();
    const { exitCode, stderr } = await repository.run(["exp", "run", "--run-all", "--retry-delay", "10ms"]);
    execFileSync("umount", [cache]);
    mounts.pop();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/EROFS|read-only/);
    await repository.succeed(["queue", "retry", "--failed"]);
    await repository.succeed(["exp", "run", "--run-all"]);
    expect(experimentNames(repository)).toEqual(["p"]);
  }, 60_000);
});

/** Writes a file until so many bytes are free. */
function fill(file: string, folder: string, free: number): void {
  const text = execFileSync("stat", ["-f", "-c", "%a %S", folder], { encoding: "utf8" });
  const [blocks = 0, size = 0] = text.trim().split(" ").map(Number);
  writeFileSync(file, Buffer.alloc(Math.max(0, blocks * size - free)));
}

test("too few file handles: refused or failed, and nothing is lost", async () => {
  const repository = makeExperimentRepository();
  await queue(repository, "1,2,3");
  const before = userState(repository);
  for (const handles of isFull ? [18, 24, 30] : [24, 30]) {
    const words = `ulimit -n ${handles}; exec "$0" "$@"`;
    const binary = path.join(import.meta.dirname, "../../bin/sweepline.js");
    await repository
      .startProgram("sh", ["-c", words, process.execPath, binary, "exp", "run", "--run-all", "-j", "3"])
      .result()
      .then((result) => result.exitCode);
    expect((await states(repository)).map((line) => line.split(" ")[0]).sort()).toEqual(["p-1", "p-2", "p-3"]);
    await repository.run(["queue", "retry", "--failed"]).then((result) => result.exitCode);
  }
  await repository.succeed(["exp", "run", "--run-all"]);
  expect(experimentNames(repository)).toEqual(["p-1", "p-2", "p-3"]);
  expect(userState(repository)).toBe(before);
}, 60_000);

test("entries that are garbage or lack their objects are named, do no harm, and are removed by doctor", async () => {
  const repository = makeExperimentRepository();
  await queue(repository, "1,2");
  const [first = ""] = repository.git("for-each-ref", "--format=%(refname)", `refs/exps/celery`).split("\n");
  const id = repository.git("rev-parse", first);
  const head = repository.git("rev-parse", "HEAD");
  const prefix = "refs/exps/celery/sweepline/queued";
  repository.git("update-ref", `${prefix}/0000000077`, head);
  const garbage = repository.git("commit-tree", "-m", `dvc-exp:${head}:${head}:../../evil\n\n{"v":1}`, "HEAD^{tree}");
  repository.git("update-ref", `${prefix}/0000000078`, garbage);
  rmSync(path.join(repository.folder, ".git/objects", id.slice(0, 2), id.slice(2)));
  const { broken, tasks } = await status(repository);
  expect(broken.map((ref) => ref.slice(-2)).sort()).toEqual(["01", "77", "78"]);
  expect(tasks.map((task) => task.name)).toEqual(["p-2"]);
  await repository.succeed(["exp", "run", "--run-all"]);
  expect(experimentNames(repository)).toEqual(["p-2"]);
  await repository.run(["doctor", "--fix"]).then((result) => result.exitCode);
  expect(queueRefs(repository)).toEqual([]);
  expect(repository.git("fsck", "--no-dangling")).toBe("");
});

test("state files that are empty, cut, garbage or from the future do no harm", async () => {
  const repository = makeExperimentRepository();
  await queue(repository, "1,2");
  await repository.run(["exp", "run", "--run-all", "--timeout", "1ms"]).then((result) => result.exitCode);
  await repository.succeed(["queue", "retry", "--failed"]);
  const every = ["", "{", "null", "[]", '"text"', "\u0000\u0001", '{"pid":"x"}', "[null]", "99999999999999999999"];
  const junk = isFull ? every : ["", "null", '{"pid":"x"}'];
  const files = ["order.json", "last-sequence", "coordinator.jobs", "coordinator.lock", "queue.lock", "workspace.lock"]
    .map((name) => `${state}/${name}`)
    .concat(
      ["claims/0000000001", "claims/0000000001.processes", "copies/1.lock", "copies/1/git.json"].map(
        (name) => `${state}/${name}`,
      ),
    )
    .concat([
      `${state}/runs/0000000001-p-1/record.json`,
      `${state}/runs/0000000001-p-1/attempts.json`,
      `${state}/runs/0000000001-p-1/log`,
    ]);
  for (const text of junk) {
    repository.write(Object.fromEntries(files.map((file) => [file, text])));
    const future = Date.now() / 1000 + 1e6;
    for (const file of files) utimesSync(path.join(repository.folder, file), future, future);
    await repository.succeed(["queue", "status"]);
    await repository.succeed(["exp", "show", "--json"]);
    await repository.succeed(["queue", "move", "p-2", "--first"]);
  }
  await repository.succeed(["exp", "run", "--run-all"]);
  expect(experimentNames(repository)).toEqual(["p-1", "p-2"]);
}, 60_000);

test("a lock or a claim of a number that another process has now does not hold", async () => {
  const repository = makeExperimentRepository();
  await queue(repository, "1");
  const foreign = JSON.stringify({ pid: process.pid, startedAt: "1@other-boot", what: "an earlier process" });
  repository.write({
    [`${state}/queue.lock`]: foreign,
    [`${state}/workspace.lock`]: foreign,
    [`${state}/coordinator.lock`]: foreign,
    [`${state}/claims/0000000001`]: foreign,
    [`${state}/claims/0000000001.processes`]: JSON.stringify([{ pid: process.pid, startedAt: "1@other-boot" }]),
    [`${state}/copies/1.lock`]: foreign,
  });
  await queue(repository, "2", "q");
  await repository.succeed(["exp", "run", "--run-all"]);
  await repository.succeed(["exp", "run", "-n", "here", "-S", "x=3"]);
  expect(experimentNames(repository).sort()).toEqual(["here", "p", "q"]);
});

test("a clock that was set back: retries are not put off, and the order stays", async () => {
  const repository = makeExperimentRepository();
  await queue(repository, "1,2,3");
  const later = Date.now() + 3.6e8;
  const attempt = { cause: "outside", message: "lost", endedAt: later, notBefore: later };
  repository.write({ [`${state}/runs/0000000001-p-1/attempts.json`]: JSON.stringify([attempt]) });
  expect(await states(repository)).toEqual(["p-1 queued", "p-2 queued", "p-3 queued"]);
  await repository.succeed(["exp", "run", "--run-all"]);
  expect(experimentNames(repository)).toEqual(["p-1", "p-2", "p-3"]);
});

/** Restored: by the run-cache, or before the run as an output of a stage that did not change. */
test.each([
  ["flipped", "run-cache"],
  ["cut", "unchanged"],
  ["empty", "forced"],
])(
  "a cache object that is %s is not handed on (%s): its stage runs again",
  async (how, where) => {
    const repository = makeExperimentRepository();
    await repository.succeed(["exp", "run", "--temp", "-n", "first", "-S", "x=4"]);
    if (where === "unchanged") {
      await repository.succeed(["exp", "apply", "first"]);
      repository.commit("with its results");
    }
    repository.write({ "notes.txt": "another point, the same stage\n" });
    const md5 =
      /out\.txt[\s\S]*?md5: ([0-9a-f]{32})/.exec(
        repository.git("show", `${repository.experimentRefs()[0]}:dvc.lock`),
      )?.[1] ?? "";
    const object = path.join(repository.folder, ".dvc/cache/files/md5", md5.slice(0, 2), md5.slice(2));
    const { size } = statSync(object);
    execFileSync("chmod", ["644", object]);
    if (how === "flipped")
      execFileSync("sh", ["-c", 'printf X | dd of="$0" bs=1 seek=3 conv=notrunc 2>/dev/null', object]);
    else truncateSync(object, how === "cut" ? size - 1 : 0);
    const force = where === "forced" ? ["-f"] : [];
    await repository.succeed(["exp", "run", "--temp", ...force, "-n", "second", "-S", "x=4"]);
    expect(await repository.succeed(["exp", "logs", "second"])).toMatch(/the stage sees x=4/);
    await repository.succeed(["exp", "apply", "second"]);
    expect(repository.read("out.txt")).toMatch(/^x: 4/m);
    const { exitCode, stdout } = await repository.run(["doctor"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.not.stringMatching(/cache object/) as string });
  },
  60_000,
);
