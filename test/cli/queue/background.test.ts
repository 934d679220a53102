/** Workers in the background, held by gates: one coordinator, whoever starts it; it can be told to stop and to kill. */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { readRequests } from "../../../src/experiments/coordinator/requests.ts";
import { claimEntry, listQueue, releaseEntry } from "../../../src/experiments/queue/entries.ts";
import { openExperiments } from "../../../src/experiments/repository.ts";
import { type RunRecord, startRun, writeRunRecord } from "../../../src/experiments/runs/records.ts";
import { openProject } from "../../../src/project/open.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { makeGatedRepository, within } from "../../rig/index.ts";
import { experimentNames, queueRefs, userState } from "../exp-project.ts";
import { coordinatorEnds, finish, heldQueue, status, whenGone } from "./project.ts";

describe("queue start", () => {
  test("returns at once, runs what is queued, and ends itself when the queue is empty", async () => {
    const { gate, repository } = await heldQueue("1,2,3");
    const before = userState(repository);
    expect(await repository.succeed(["queue", "start", "-j", "2", "--idle", "100ms"])).toBe(
      "Started '2' new experiments task queue workers.\n",
    );
    const calls = [await gate.nextCall(), await gate.nextCall()];
    const { tasks, workers } = await status(repository);
    expect(tasks.map((task) => task.state)).toEqual(["running", "running", "queued"]);
    expect(workers).toMatchObject({ active: 2, idle: 0, coordinator: { jobs: 2 } });
    expect(tasks[0]?.coordinator).toBe(workers.coordinator?.pid);
    expect(tasks[0]?.stages).toHaveLength(1);
    for (const call of calls) await finish(call);
    await finish(await gate.nextCall());
    const end = await whenGone(repository);
    expect(end.tasks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "p-1 success",
      "p-2 success",
      "p-3 success",
    ]);
    expect(experimentNames(repository)).toEqual(["p-1", "p-2", "p-3"]);
    expect(userState(repository)).toBe(before);
  });

  test("again: raises the number of jobs of the one coordinator, also three at once", async () => {
    const { gate, repository } = await heldQueue("1,2,3");
    await Promise.all([1, 2, 3].map(() => repository.succeed(["queue", "start", "-j", "1", "--idle", "100ms"])));
    const first = await gate.nextCall();
    const { pid } = (await status(repository)).workers.coordinator ?? {};
    const more = await repository.succeed(["queue", "start", "-j", "3"]);
    expect(more).toBe(`Started '2' new experiments task queue workers.\nThere are 3 in all (process ${pid}).\n`);
    const calls = [first, await gate.nextCall(), await gate.nextCall()];
    expect((await status(repository)).workers).toMatchObject({ active: 3, coordinator: { pid, jobs: 3 } });
    for (const call of calls) await finish(call);
    await whenGone(repository);
    expect(gate.calls).toHaveLength(3);
  });

  test("shares the work with --run-all; what is queued meanwhile is run too", async () => {
    const { gate, repository } = await heldQueue("1,2");
    await repository.succeed(["queue", "start", "--idle", "100ms"]);
    const background = await gate.nextCall();
    const foreground = repository.start(["exp", "run", "--run-all"]);
    const second = await gate.nextCall();
    await finish(second);
    expect(await foreground.result()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("1 is run by another process"),
    });
    await repository.succeed(["exp", "run", "--queue", "-n", "late", "-S", "x=7"]);
    await finish(background);
    await finish(await gate.nextCall());
    await whenGone(repository);
    expect(gate.calls).toHaveLength(3);
    expect(experimentNames(repository)).toEqual(["late", "p-1", "p-2"]);
  });

  test("after the coordinator was killed: the next one ends its stages and runs them again", async () => {
    const { gate, repository } = await heldQueue("1");
    await repository.succeed(["queue", "start"]);
    const orphan = await gate.nextCall();
    process.kill((await status(repository)).workers.coordinator?.pid ?? 0, "SIGKILL");
    const dead = await whenGone(repository);
    expect(dead.tasks[0]?.state).toBe("queued");
    await repository.succeed(["queue", "start", "--idle", "100ms"]);
    await orphan.waitForEnd();
    await finish(await gate.nextCall());
    await whenGone(repository);
    expect(experimentNames(repository)).toEqual(["p-1"]);
  });
});

describe("workers that are stopped by a signal", () => {
  test("are named by what waits for them; queue kill -f ends the stages without them", async () => {
    const { gate, repository } = await heldQueue("1");
    await repository.succeed(["queue", "start", "-j", "1", "--idle", "100ms"]);
    const call = await gate.nextCall();
    const { pid = 0 } = (await status(repository)).workers.coordinator ?? {};
    process.kill(pid, "SIGSTOP");
    const killed = repository.succeed(["queue", "kill", "-f", "p-1"]);
    const waiting = [
      ["queue", "start", "-j", "4"],
      ["queue", "stop", "--kill"],
    ].map((words) => repository.run(words));
    for (const { exitCode, stderr } of await Promise.all(waiting)) {
      expect(stderr).toContain(`kill -CONT ${pid}`);
      expect(exitCode).toBe(255);
    }
    expect(await killed).toBe("p-1 has been killed.\n");
    await call.waitForEnd();
    process.kill(pid, "SIGCONT");
    const { tasks } = await whenGone(repository);
    expect(tasks[0]).toMatchObject({ state: "failed", message: "killed by `sweepline queue kill`" });
  });
});

const state = ".dvc/tmp/exps/sweepline";

describe("stages of a coordinator that was killed", () => {
  async function orphaned() {
    const { gate, repository } = await heldQueue("1");
    await repository.succeed(["queue", "start"]);
    const orphan = await gate.nextCall();
    const { pid = 0 } = (await status(repository)).workers.coordinator ?? {};
    process.kill(pid, "SIGKILL");
    await coordinatorEnds(repository);
    return { orphan, repository };
  }

  test.each([[["exp", "show"]], [["queue", "remove", "--all"]]])("%s, the next command, ends them", async (command) => {
    const { orphan, repository } = await orphaned();
    await repository.succeed(command);
    await orphan.waitForEnd();
    expect(orphan.state).toBe("ended");
    await repository.succeed(["queue", "remove", "--all"]);
    expect((await status(repository)).tasks).toEqual([]);
  });

  test("doctor tells of them and ends them, also where their entry and all locks are gone", async () => {
    const { orphan, repository } = await orphaned();
    for (const folder of ["claims", "copies"])
      for (const name of readdirSync(path.join(repository.folder, state, folder)))
        if (!/^\d+$/.test(name) || folder === "claims") rmSync(path.join(repository.folder, state, folder, name));
    repository.git("update-ref", "-d", "refs/exps/celery/sweepline/queued/0000000001");
    const found = await repository.run(["doctor"]);
    expect(found.exitCode).toBe(255);
    expect(found.stdout).toContain(`processes are at work in ${state}/copies/1, whose run is gone`);
    expect(orphan.state).toBe("held");
    await repository.succeed(["doctor", "--fix"]);
    await orphan.waitForEnd();
    await repository.succeed(["doctor"]);
  });
});

describe("queue stop", () => {
  test("lets the running ones end", async () => {
    const { gate, repository } = await heldQueue("1,2");
    await repository.succeed(["queue", "start"]);
    const call = await gate.nextCall();
    expect(await repository.succeed(["queue", "stop"])).toBe("Queue workers will stop after running tasks finish.\n");
    expect(call.state).toBe("held");
    await finish(call);
    const end = await whenGone(repository);
    expect(end.tasks.map(({ name, state }) => `${name} ${state}`)).toEqual(["p-2 queued", "p-1 success"]);
    expect(await repository.succeed(["queue", "stop"])).toBe("No queue workers are running.\n");
  });

  test("--kill ends them: they are back in the queue", async () => {
    const { gate, repository } = await heldQueue("1,2");
    await repository.succeed(["queue", "start", "-j", "2"]);
    const calls = [await gate.nextCall(), await gate.nextCall()];
    expect(await repository.succeed(["queue", "stop", "--kill"])).toContain("have been killed.");
    for (const call of calls) await call.waitForEnd();
    expect((await status(repository)).workers.coordinator).toBeNull();
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
  });
});

test("queue start while the workers are about to stop: taken back in words, or refused with other options", async () => {
  const { gate, repository } = await heldQueue("1,2");
  await repository.succeed(["queue", "start", "--idle", "100ms"]);
  const call = await gate.nextCall();
  await repository.succeed(["queue", "stop"]);
  const refused = await repository.run(["queue", "start", "--gpus", "1"]);
  expect(refused).toMatchObject({ exitCode: 255, stderr: expect.stringContaining("take no other options") as string });
  const resumed = await repository.run(["queue", "start"]);
  expect(resumed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("taken back") as string });
  await finish(call);
  await finish(await gate.nextCall());
  expect((await whenGone(repository)).tasks.map(({ state }) => state)).toEqual(["success", "success"]);
});

test("idle workers without devices leave the queue to a command that gives each experiment its own", async () => {
  const { gate, repository } = await heldQueue("1,2,3");
  await repository.succeed(["queue", "start", "--idle", "100ms"]);
  const ofWorkers = await gate.nextCall();
  const running = repository.start(["exp", "run", "--run-all", "--gpus", "7"]);
  const first = await gate.nextCall();
  await finish(ofWorkers);
  await finish(first);
  const second = await gate.nextCall();
  expect([first, second].map(({ env }) => env.CUDA_VISIBLE_DEVICES)).toEqual(["7", "7"]);
  await finish(second);
  const { exitCode, stderr } = await running.result();
  expect(exitCode).toBe(0);
  expect(stderr).toContain("have no --gpus or --slots");
  await whenGone(repository);
});

describe("queue kill", () => {
  test.each([[[]], [["-f"]]])("%s: the task failed, the others go on", async (flags) => {
    const { gate, repository } = await heldQueue("1,2");
    await repository.succeed(["queue", "start", "--idle", "100ms"]);
    const call = await gate.nextCall();
    expect(await repository.succeed(["queue", "kill", ...flags, "p-1"])).toBe("p-1 has been killed.\n");
    await call.waitForEnd();
    await finish(await gate.nextCall());
    const end = await whenGone(repository);
    expect(end.tasks.map(({ name, state }) => `${name} ${state}`)).toEqual(["p-1 failed", "p-2 success"]);
    expect(end.tasks[0]?.message).toBe("killed by `sweepline queue kill`");
  });

  test("refuses what is not running; removing leaves what is", async () => {
    const { gate, repository } = await heldQueue("1,2");
    const foreground = repository.start(["exp", "run", "--run-all"]);
    const call = await gate.nextCall();
    const refused = await repository.run(["queue", "kill", "p-1", "p-2"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain("'p-2' is not a valid running experiment name");
    const named = await repository.run(["-v", "queue", "remove", "p-2", "p-1"]);
    expect(named).toMatchObject({ exitCode: 255, stdout: "" });
    expect(named.stderr).toContain("CODE: RUNNING\n");
    expect(named.stderr).toContain("'p-1' is running");
    const removed = await repository.run(["queue", "remove", "--all"]);
    expect(removed).toMatchObject({ exitCode: 0, stdout: "Removed tasks in queue: p-2\n" });
    expect(removed.stderr).toContain("left, because they are running: 'p-1'");
    await finish(call);
    expect((await foreground.result()).exitCode).toBe(0);
    expect(experimentNames(repository)).toEqual(["p-1"]);
  });
});

/** A running task that this process has, whose end nobody has written down yet. */
async function heldByUs() {
  const repository = makeGatedRepository("true");
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=1"]);
  useEnvironment(repository);
  const context = openExperiments(openProject(repository.folder));
  const { entries } = await listQueue(context);
  const sequence = entries[0]?.sequence ?? 0;
  claimEntry(context, sequence);
  const end = (record: Pick<RunRecord, "state" | "failure">) => {
    const run = startRun(context.state, { sequence, name: "p" });
    writeRunRecord(run, { name: "p", startedAt: 0, elapsedMs: 0, ...record });
    releaseEntry(context, sequence);
  };
  return { repository, context, end };
}

describe("queue kill says how the run ended", () => {
  test.each([
    [{ state: "success" }, "p had succeeded before it could be killed: its result is kept.\n"],
    [
      { state: "failed", failure: { code: "STAGE_FAILED" } },
      "p had failed by itself before it could be killed: `sweepline queue logs p` has why.\n",
    ],
    [{ state: "failed", failure: { code: "KILLED" } }, "p has been killed.\n"],
  ] as const)("%j", async (record, words) => {
    const { repository, context, end } = await heldByUs();
    const killing = repository.start(["queue", "kill", "p"]);
    const asked = async () => {
      while (readRequests(context.state).length === 0) await setTimeout(20);
    };
    await within(asked(), "the kill to be asked for");
    end(record);
    expect(await killing.result()).toMatchObject({ exitCode: 0, stdout: words, stderr: "" });
    expect(readRequests(context.state)).toEqual([]);
  });
});

test.runIf(process.platform === "linux")(
  "queue start again names the variables that the workers do not have",
  async () => {
    const { gate, repository } = await heldQueue("1");
    await repository.succeed(["queue", "start", "--idle", "100ms"], { env: { ONE: "1", BOTH: "same" } });
    const call = await gate.nextCall();
    const again = async (env: Readonly<Record<string, string>>) => {
      const { exitCode, stderr } = await repository.run(["queue", "start"], { env });
      return [exitCode, /differs from this one in ([^.]*)\./.exec(stderr)?.[1]];
    };
    expect(await again({ ONE: "2", TWO: "2", BOTH: "same", TERM: "vt100" })).toEqual([0, "ONE, TWO"]);
    expect(await again({ ONE: "1", BOTH: "same", SSH_TTY: "x" })).toEqual([0, undefined]);
    await finish(call);
    await whenGone(repository);
  },
);

test("queue status --watch ends when nothing waits or runs", async () => {
  const { gate, repository } = await heldQueue("1");
  const watching = repository.start(["queue", "status", "--watch"]);
  await watching.printed("Queued");
  await repository.succeed(["queue", "start", "--idle", "100ms"]);
  await finish(await gate.nextCall());
  const { stdout, exitCode } = await watching.result();
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Success");
});
