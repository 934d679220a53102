/** exp clean and doctor: what they find and take away, and what they leave alone. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { asideName } from "../../../src/base/asides.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

const state = ".dvc/tmp/exps/sweepline";

async function ranAndQueued() {
  const repository = makeExperimentRepository();
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=2,3,13"]);
  expect((await repository.run(["exp", "run", "--run-all"])).exitCode).toBe(1);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=4"]);
  return repository;
}

const changer = "chattr";
const change = (flag: "+i" | "-i", file: string) => spawnSync(changer, [flag, file]).status === 0;

/** Only root may, and only some file systems have it. */
function canBeImmutable(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), "sweepline-immutable-"));
  const file = path.join(folder, "file");
  writeFileSync(file, "");
  const can = change("+i", file);
  change("-i", file);
  rmSync(folder, { recursive: true });
  return can;
}

describe("exp clean", () => {
  test.skipIf(!canBeImmutable())("goes on behind what can't be removed, and names it", async () => {
    const repository = makeExperimentRepository();
    const copies = `${state}/copies`;
    repository.write({ [`${copies}/1/work/a/stuck`]: "", [`${copies}/1/work/b`]: "", [`${copies}/2/work/c`]: "" });
    const file = path.join(repository.folder, copies, "1/work/a/stuck");
    change("+i", file);
    const result = await repository.run(["exp", "clean"]);
    change("-i", file);
    expect(result.stderr).toBe(`ERROR: cannot remove '${file}'\n`);
    expect(result.exitCode).toBe(255);
    expect(result.stdout).toContain("1 workspace copies");
    expect(readdirSync(path.join(repository.folder, copies), { recursive: true })).toEqual([
      "1",
      "1/work",
      "1/work/a",
      "1/work/a/stuck",
    ]);
  });

  test("removes the oldest logs and unused copies; experiments and entries stay", async () => {
    const repository = await ranAndQueued();
    expect(await repository.succeed(["exp", "clean"])).toBe(
      "Removed the logs of 0 runs, 1 workspace copies and 0 leftovers.\n",
    );
    const removed = JSON.parse(await repository.succeed(["exp", "clean", "--keep", "1", "--json"]));
    expect(removed).toEqual({ runs: ["p-1"], copies: 0, leftovers: 0, stuck: [] });
    await repository.succeed(["exp", "clean", "--older-than", "0s"]);
    const folders = readdirSync(path.join(repository.folder, state, "runs"));
    expect(folders.map((name) => name.replace(/^\d+-/, ""))).toEqual(["p-3"]);
    expect(experimentNames(repository)).toEqual(["p-1", "p-2"]);
    expect(queueRefs(repository)).toEqual(["failed/3", "queued/4"]);
    await repository.succeed(["exp", "run", "--run-all"]);
  });
});

describe("doctor", () => {
  test("finds nothing in a repository that is well", async () => {
    const repository = await ranAndQueued();
    const text = await repository.succeed(["doctor"]);
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("ok "))).toEqual([]);
  });

  test("reports, and with --fix repairs: a dead run, a stale lock, entries that can't run, a broken cache object", async () => {
    const repository = await ranAndQueued();
    const dead = JSON.stringify({ pid: 999_999_999, startedAt: "1@gone", what: "test" });
    repository.write({ [`${state}/claims/0000000004`]: dead, [`${state}/queue.lock`]: dead });
    const scratch = asideName("packed-refs").replace(String(process.pid), "999999999");
    repository.write({ [`${state}/scratch/${scratch}.lock`]: "" });
    repository.git("update-ref", "refs/exps/celery/sweepline/queued/0000000008", "HEAD");
    // An entry whose commit is gone: the ref is written by hand, Git would not.
    repository.write({ ".git/refs/exps/celery/sweepline/queued/0000000009": `${"1".repeat(40)}\n` });
    const folder = path.join(repository.folder, ".dvc/cache/files/md5");
    const two = readdirSync(folder)[0] ?? "";
    const object = readdirSync(path.join(folder, two))[0] ?? "";
    chmodSync(path.join(folder, two, object), 0o644);
    repository.write({ [`.dvc/cache/files/md5/${two}/${object}`]: "flipped" });

    const found = await repository.run(["doctor"]);
    expect(found.exitCode).toBe(255);
    const problems = found.stdout.split("\n").filter((line) => line.startsWith("problem"));
    expect(problems.map((line) => line.split(/\s+/)[1])).toEqual(["runs", "locks", "files", "queue", "queue", "cache"]);
    expect(queueRefs(repository).length).toBeGreaterThan(1);

    const fixed = await repository.succeed(["doctor", "--fix"]);
    // The repair of the run takes the temporary file along.
    expect(fixed.split("\n").filter((line) => line.startsWith("fixed"))).toHaveLength(5);
    expect(queueRefs(repository)).toEqual(["failed/3", "queued/4"]);
    expect(repository.exists(`.dvc/cache/broken/${two}${object}`)).toBe(true);
    await repository.succeed(["doctor"]);
    await repository.succeed(["exp", "run", "--run-all"]);
  });

  test("an entry with a missing file is found; a queue with a missing commit still works", async () => {
    const repository = await ranAndQueued();
    const blob = repository.git("rev-parse", "refs/exps/celery/sweepline/queued/0000000004:params.yaml");
    repository.git("gc", "--quiet", "--prune=now");
    // Take the blob out: unpack everything, then remove its file.
    for (const pack of readdirSync(path.join(repository.folder, ".git/objects/pack")).filter((name) =>
      name.endsWith(".pack"),
    )) {
      const moved = path.join(repository.root, pack);
      const here = path.join(repository.folder, ".git/objects/pack", pack);
      await repository
        .startProgram("sh", [
          "-c",
          `mv ${here} ${moved} && rm -f ${here.replace(/pack$/, "*")} && git unpack-objects -q < ${moved}`,
        ])
        .result();
    }
    await repository.startProgram("rm", ["-f", `.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`]).result();
    const found = await repository.run(["doctor"]);
    expect(found.exitCode).toBe(255);
    expect(found.stdout).toContain("queued/0000000004 lacks objects and can't run");
    await repository.succeed(["doctor", "--fix"]);
    expect(queueRefs(repository)).toEqual(["failed/3"]);
    repository.write({ ".git/refs/exps/celery/sweepline/queued/0000000009": `${"1".repeat(40)}\n` });
    expect(await repository.succeed(["queue", "status"])).toContain("Unreadable entry");
    await repository.succeed(["exp", "run", "--queue", "-n", "r", "-S", "x=7"]);
    await repository.succeed(["queue", "remove", "--queued"]);
    expect(queueRefs(repository)).toEqual(["failed/3"]);
  });
});
