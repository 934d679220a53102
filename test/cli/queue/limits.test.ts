/** Retries, time limits, devices, and who is to blame for a failure. */
import { describe, expect, test } from "vitest";
import { makeRepository } from "../../rig/index.ts";
import { experimentNames, queueRefs } from "../exp-project.ts";
import { coordinatorEnds, finish, heldQueue, states, status } from "./project.ts";

const quick = ["--retry-delay", "1ms"];

describe("retries", () => {
  test("--retries runs a failed experiment again, at most so often", async () => {
    const { gate, repository } = await heldQueue("1,2");
    const running = repository.start(["exp", "run", "--run-all", "--retries", "1", ...quick]);
    for (const end of ["fail", "fail", "fail", "finish"] as const) {
      const call = await gate.nextCall();
      await (end === "fail" ? call.fail(3) : finish(call));
    }
    const { exitCode, stdout } = await running.result();
    expect(exitCode).toBe(1);
    expect(stdout).toContain("attempt 1 of 2");
    const { tasks } = await status(repository);
    expect(tasks.map(({ state }) => state).sort()).toEqual(["failed", "success"]);
    expect(tasks.find((task) => task.state === "failed")?.message).toContain("exited with 3 (2 attempts)");
    expect(tasks.find((task) => task.state === "failed")?.attempts).toHaveLength(2);
  });

  test("an entry keeps its own number", async () => {
    const { gate, repository } = await heldQueue("1", ["--retries", "1"]);
    const running = repository.start(["exp", "run", "--run-all", ...quick]);
    await (await gate.nextCall()).fail(3);
    await finish(await gate.nextCall());
    expect((await running.result()).exitCode).toBe(0);
    expect(experimentNames(repository)).toEqual(["p-1"]);
  });

  test("killed from outside: it runs again by itself; the experiment's own failure does not", async () => {
    const { gate, repository } = await heldQueue("1,2");
    const running = repository.start(["exp", "run", "--run-all", ...quick]);
    const first = await gate.nextCall();
    process.kill(first.pid, "SIGKILL");
    await (await gate.nextCall()).fail(3);
    await finish(await gate.nextCall());
    expect((await running.result()).exitCode).toBe(1);
    expect(gate.calls).toHaveLength(3);
    expect((await states(repository)).map((text) => text.split(" ")[1]).sort()).toEqual(["failed", "success"]);
  });

  test("killed again and again: it fails in the end, and the record tells", async () => {
    const { gate, repository } = await heldQueue("1");
    const running = repository.start(["exp", "run", "--run-all", ...quick]);
    for (let attempt = 1; attempt <= 4; attempt++) process.kill((await gate.nextCall()).pid, "SIGKILL");
    expect((await running.result()).exitCode).toBe(1);
    const { tasks } = await status(repository);
    expect(tasks[0]?.attempts.map(({ cause }) => cause)).toEqual(["outside", "outside", "outside", "outside"]);
    expect(await repository.succeed(["queue", "retry", "--failed"])).toBe("Queued again: p-1\n");
    expect((await status(repository)).tasks[0]?.attempts).toEqual([]);
  });
});

describe("limits", () => {
  test("--timeout ends the stages; it counts as failed, with the reason", async () => {
    const { gate, repository } = await heldQueue("1");
    const running = repository.start(["exp", "run", "--run-all", "--timeout", "500ms"]);
    expect((await running.result()).exitCode).toBe(1);
    // Whether the stage had started by then is up to the machine; if so it has ended.
    for (const call of gate.calls) await call.waitForEnd();
    expect((await status(repository)).tasks[0]).toMatchObject({
      state: "failed",
      message: "timed out: it ran longer than 0.5 s",
    });
  });

  test("--timeout in the workspace and with --temp", async () => {
    const { gate, repository } = await heldQueue("1");
    for (const words of [
      ["-S", "x=5"],
      ["-S", "x=6", "--temp"],
    ]) {
      const { exitCode, stderr } = await repository.run(["exp", "run", "--timeout", "300ms", ...words]);
      for (const call of gate.calls) await call.waitForEnd();
      expect(exitCode).toBe(255);
      expect(stderr).toContain("timed out: it ran longer than 0.3 s");
    }
    expect(experimentNames(repository)).toEqual([]);
  });

  test("the events name the stage that ran too long, and the command that has no shell", async () => {
    const { gate, repository } = await heldQueue("1");
    const failed = async (words: readonly string[], env = {}) => {
      const { exitCode, stdout } = await repository.run(["exp", "run", "--temp", "--json", ...words], { env });
      expect(exitCode).toBe(255);
      const events = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
      return events.find(({ type }) => type === "failed");
    };
    const late = await failed(["-S", "x=6", "--timeout", "2s"]);
    for (const call of gate.calls) await call.waitForEnd();
    expect(late).toMatchObject({ code: "TIMED_OUT", ...(gate.calls.length > 0 ? { stage: "hold" } : {}) });
    const unstarted = await failed(["-S", "x=7"], { SHELL: "/no/shell" });
    expect(unstarted).toMatchObject({ code: "COMMAND_NOT_STARTED", stage: "hold" });
    expect(unstarted.message).toContain(`failed to run: ${unstarted.command}: `);
  });

  test("--max-failures stops after that many, --fail-fast of workers in the background after one", async () => {
    const { gate, repository } = await heldQueue("1,2,3");
    const running = repository.start(["exp", "run", "--run-all", "--max-failures", "2"]);
    await (await gate.nextCall()).fail(1);
    await (await gate.nextCall()).fail(1);
    expect((await running.result()).exitCode).toBe(1);
    expect(queueRefs(repository)).toEqual(["failed/1", "failed/2", "queued/3"]);
    await repository.succeed(["queue", "retry", "--failed"]);
    await repository.succeed(["queue", "start", "--fail-fast"]);
    await (await gate.nextCall()).fail(1);
    await coordinatorEnds(repository);
    expect(queueRefs(repository)).toEqual(["failed/1", "queued/2", "queued/3"]);
  });

  test("options that make no sense are usage errors", async () => {
    const repository = makeRepository();
    const bad = [
      "--timeout soon",
      "--timeout 0s",
      "--retries -1",
      "--gpus 0,,1",
      "--slots gpu",
      "--jobs many",
      "--gpus 0,0",
      "--per-gpu 2",
      "--slots a=1 --slots a=2",
    ];
    for (const words of bad)
      expect((await repository.run(["exp", "run", "--run-all", ...words.split(" ")])).exitCode, words).toBe(254);
  });
});

test("--gpus and --slots: as many at once as there are places, each sees its own", async () => {
  const { gate, repository } = await heldQueue("1,2,3");
  const running = repository.start(["exp", "run", "--run-all", "--gpus", "4,5", "--slots", "licence=8"]);
  const calls = [await gate.nextCall(), await gate.nextCall()];
  const seen = calls.map(({ env }) => [env.CUDA_VISIBLE_DEVICES, env.ROCR_VISIBLE_DEVICES, env.SWEEPLINE_SLOT_LICENCE]);
  expect(seen.sort()).toEqual([
    ["4", "4", "0"],
    ["5", "5", "1"],
  ]);
  const [first, second] = calls;
  const freed = first?.env.CUDA_VISIBLE_DEVICES;
  if (first !== undefined) await finish(first);
  const third = await gate.nextCall();
  expect(third.env.CUDA_VISIBLE_DEVICES).toBe(freed);
  expect(gate.calls).toHaveLength(3);
  for (const call of [second, third]) if (call !== undefined) await finish(call);
  expect((await running.result()).exitCode).toBe(0);
});

test("a result whose entry was taken away while it ran is kept", async () => {
  const { gate, repository } = await heldQueue("1,2");
  const running = repository.start(["exp", "run", "--run-all"]);
  const call = await gate.nextCall();
  const ref = "refs/exps/celery/sweepline/queued/0000000001";
  repository.git("update-ref", "-d", ref);
  await finish(call);
  await finish(await gate.nextCall());
  expect((await running.result()).exitCode).toBe(0);
  expect(experimentNames(repository)).toEqual(["p-1", "p-2"]);
  expect(queueRefs(repository)).toEqual([]);
});
