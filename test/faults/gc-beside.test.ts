/** Garbage collection beside sweeps: eight processes in one repository, and no experiment loses data. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { pointStates } from "./invariants.ts";

const workMs = Number(process.env.SWEEPLINE_GC_SECONDS ?? 12) * 1000;

/** Two stages, so that data of a run lies in the cache before an experiment names it; both make garbage of their own. */
function busyRepository(): Repository {
  const first = "cp params.yaml one.txt";
  const second = "cat one.txt one.txt > two.txt";
  return makeRepository({
    files: {
      "params.yaml": "x: 0\n",
      "dvc.yaml": JSON.stringify({
        stages: {
          one: { cmd: first, params: ["x"], outs: ["one.txt"] },
          two: { cmd: second, deps: ["one.txt"], outs: ["two.txt"] },
        },
      }),
      ".gitignore": "/one.txt\n/two.txt\n",
    },
  });
}

/** Each object that the lock file of an experiment names is where it should be, with its bytes. */
function lostData(repository: Repository, ref: string): readonly string[] {
  const lock = repository.git("show", `${ref}:dvc.lock`);
  const hashes = new Set([...lock.matchAll(/md5: ([0-9a-f]{32})$/gm)].map((match) => match[1] ?? ""));
  return [...hashes].filter((hash) => {
    const file = path.join(repository.folder, ".dvc/cache/files/md5", hash.slice(0, 2), hash.slice(2));
    return !existsSync(file) || createHash("md5").update(readFileSync(file)).digest("hex") !== hash;
  });
}

test(`garbage collection takes nothing from sweeps beside it (${workMs / 1000} s)`, async () => {
  const repository = busyRepository();
  mkdirSync(path.join(repository.root, "store"));
  await repository.succeed(["remote", "add", "-d", "store", path.join(repository.root, "store")]);
  const until = Date.now() + workMs;
  const problems: unknown[] = [];
  const made: string[] = [];
  let next = 1;

  /** Who has to wait too long for another one is told so, and nothing has happened. */
  const command = async (...words: readonly string[]) => {
    const { exitCode, stderr } = await repository.run(words);
    if (exitCode !== 0 && !/another process is at work/.test(stderr))
      problems.push({ words: words.join(" "), exitCode, stderr });
    return exitCode === 0;
  };
  const again = async (work: () => Promise<unknown>) => {
    while (Date.now() < until) {
      await work();
      await setTimeout(20);
    }
  };
  const sweep = async () => {
    const from = next;
    next += 3;
    const done = await command("sweep", "-n", `s${from}`, "-j", "2", `x=range(${from},${from + 3})`);
    if (done) made.push(`s${from}-1`, `s${from}-2`, `s${from}-3`);
  };
  const single = async () => {
    const from = next++;
    if (await command("exp", "run", "--temp", "-n", `t${from}`, "-S", `x=${from}`)) made.push(`t${from}`);
  };
  const collect =
    (...words: readonly string[]) =>
    () =>
      command("gc", "-f", ...words);
  await Promise.all([
    again(sweep),
    again(sweep),
    again(sweep),
    again(single),
    again(collect("-w")),
    again(collect("-w")),
    again(collect("-w", "-c")),
    again(collect("-w", "--all-experiments")),
  ]);

  expect(problems).toEqual([]);
  const done = pointStates(repository).filter(({ state }) => state === "done");
  expect(made.length).toBeGreaterThan(0);
  expect(done.map(({ name }) => name)).toEqual(expect.arrayContaining(made));
  for (const ref of repository.experimentRefs()) expect(lostData(repository, ref)).toEqual([]);
  // And it did take what nothing needs.
  repository.write({ garbage: "nobody names this\n" });
  await repository.succeed(["add", "-q", "garbage"]);
  await repository.succeed(["remove", "garbage.dvc"]);
  expect(await repository.succeed(["gc", "-w", "-f"])).toMatch(/Removed \d+ object/);
  for (const ref of repository.experimentRefs()) expect(lostData(repository, ref)).toEqual([]);
});
