/** Eight processes that queue, run, look, remove, clean, push and collect garbage in one repository, all at once. */
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { userState } from "../cli/exp-project.ts";
import { makeRepository, type Repository } from "../rig/index.ts";
import { pointStates } from "./invariants.ts";

const workMs = process.env.SWEEPLINE_FAULTS_STRIDE === undefined ? 12_000 : 60_000;

function busyRepository(): Repository {
  return makeRepository({
    files: {
      "params.yaml": "x: 0\n",
      "dvc.yaml": JSON.stringify({
        stages: {
          do: {
            cmd: 'echo "$SWEEPLINE_PARAM_X" >> "$DVC_ROOT/../ran.txt"; cp params.yaml out.txt',
            params: ["x"],
            outs: ["out.txt"],
          },
        },
      }),
      ".gitignore": "/out.txt\n",
    },
  });
}

interface Found {
  readonly words: string;
  readonly exitCode: number | null;
  readonly stderr: string;
}

test("eight processes at work in one repository lose nothing, run nothing twice, and fail for no lock", async () => {
  const repository = busyRepository();
  repository.git("init", "--quiet", "--bare", "../remote.git");
  repository.git("remote", "add", "origin", "../remote.git");
  const before = userState(repository);
  const until = Date.now() + workMs;
  const problems: Found[] = [];
  const queued = new Map<string, number>();
  const removed = new Set<string>();
  let next = 1;

  const command = async (words: readonly string[]) => {
    const { exitCode, stdout, stderr } = await repository.run(words);
    // The queue is not done where others run a part of it, or queued more meanwhile: said, with 1.
    const isOthers = words.includes("--run-all") && exitCode === 1 && / 0 failed/.test(` ${stdout}`);
    if ((exitCode !== 0 && !isOthers) || stderr !== "") problems.push({ words: words.join(" "), exitCode, stderr });
    return exitCode === 0;
  };
  const again = async (work: () => Promise<unknown>) => {
    while (Date.now() < until) {
      await work();
      await setTimeout(50);
    }
  };
  const queueSome = async () => {
    const from = next;
    next += 3;
    const name = `q${from}`;
    const done = await command(["exp", "run", "--queue", "-n", name, "-S", `x=range(${from},${from + 3})`]);
    if (done) for (let at = 0; at < 3; at++) queued.set(`${name}-${at + 1}`, from + at);
  };
  const removeOne = async () => {
    const done = pointStates(repository).filter((point) => point.state === "done");
    const victim = done[Math.floor(done.length / 2)];
    if (done.length < 6 || victim === undefined) return;
    if (await command(["exp", "remove", victim.name])) removed.add(victim.name);
  };

  await Promise.all([
    again(queueSome),
    again(queueSome),
    again(() => command(["exp", "run", "--run-all"])),
    again(() => command(["exp", "run", "--run-all", "-j", "2"])),
    again(() => command(["exp", "show", "--json"])),
    again(removeOne),
    again(async () => {
      repository.git("gc", "--quiet");
      await command(["exp", "clean"]);
    }),
    again(() => command(["exp", "push", "origin", "-A", "--no-cache"])),
  ]);
  expect(problems).toEqual([]);

  await command(["exp", "run", "--run-all", "-j", "2"]);
  expect(problems).toEqual([]);
  const states = pointStates(repository);
  expect(states.filter((point) => point.state !== "done")).toEqual([]);
  const names = states.map((point) => point.name);
  expect(new Set(names).size).toBe(names.length);
  expect([...names, ...removed].sort()).toEqual([...queued.keys()].sort());
  const { stdout } = await repository.startProgram("sort", ["-n", "../ran.txt"]).result();
  expect(stdout.trim().split("\n").map(Number)).toEqual([...queued.values()].sort((a, b) => a - b));
  expect(userState(repository)).toBe(before);
  expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
}, 180_000);
