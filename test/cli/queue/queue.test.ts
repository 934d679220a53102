/** The queue's commands where nothing runs in the background: what they print, what they change, what they refuse. */
import { describe, expect, test } from "vitest";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";
import { states, status } from "./project.ts";

async function queued(points: string) {
  const repository = makeExperimentRepository();
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", `x=choice(${points})`]);
  return repository;
}

describe("queue status", () => {
  test("of nothing", async () => {
    const text = await makeExperimentRepository().succeed(["queue", "status"]);
    expect(text).toBe("No experiment tasks in the queue.\n\nWorker status: 0 active, 0 idle\n");
  });

  test("has DVC's columns and order: queued, failed, finished", async () => {
    const repository = await queued("2,13");
    const quiet = await repository.run(["exp", "run", "--run-all", "-q"]);
    expect(quiet).toMatchObject({ exitCode: 1, stdout: "" });
    expect(quiet.stderr).toContain("exited with 7");
    await repository.succeed(["exp", "run", "--queue", "-n", "later", "-S", "x=3"]);
    const lines = (await repository.succeed(["queue", "status"])).split("\n");
    expect(lines.map((line) => line.replace(/^[0-9a-f]{7} /, "ID ").replace(/\d\d:\d\d [AP]M/, "TIME"))).toEqual([
      "Task     Name    Created    Status",
      "ID  later   TIME   Queued",
      "ID  p-2     TIME   Failed",
      "ID  p-1     TIME   Success",
      "",
      "Worker status: 0 active, 0 idle",
      "",
    ]);
    expect(await repository.succeed(["queue", "status", "-v"])).toContain("exited with 7");
    const { tasks } = await status(repository);
    expect(tasks[1]).toMatchObject({ name: "p-2", sequence: 2, state: "failed", coordinator: null, stages: [] });
    const failure = { code: "STAGE_FAILED", stage: "copy", command: "sh copy.sh", exitCode: 7 };
    expect(tasks[1]).toMatchObject({ message: expect.stringContaining("exited with 7"), failure });
    expect(tasks[2]?.failure).toBeNull();
    expect(tasks[0]?.log).toBeNull();
    expect(repository.read(String(tasks[2]?.log).slice(repository.folder.length + 1))).toContain("the stage sees x=2");
  });

  test("names an entry that can't be read, and --queued takes it away", async () => {
    const repository = await queued("2");
    repository.git("update-ref", "refs/exps/celery/sweepline/queued/0000000009", "HEAD");
    expect(await repository.succeed(["queue", "status"])).toContain(
      "Unreadable entry: refs/exps/celery/sweepline/queued",
    );
    await repository.succeed(["queue", "remove", "--queued"]);
    expect(queueRefs(repository)).toEqual([]);
  });
});

describe("queue logs", () => {
  test("prints what a task printed; a waiting or unknown one is refused with DVC's words", async () => {
    const repository = await queued("2");
    const waiting = await repository.run(["queue", "logs", "p-1"]);
    expect(waiting.exitCode).toBe(255);
    expect(waiting.stderr).toContain("Experiment 'p-1' is in queue but has not been started");
    const early = await repository.run(["exp", "logs", "p-1"]);
    expect(early.exitCode).toBe(255);
    expect(early.stderr).toContain("'p-1' is in queue but has not been started");
    const unknown = await repository.run(["queue", "logs", "nosuch"]);
    expect(unknown.exitCode).toBe(255);
    expect(unknown.stderr).toContain("'nosuch' is not a valid queued experiment name");
    const follower = repository.start(["exp", "logs", "-f", "p-1"]);
    await follower.printed("waiting for it");
    await repository.succeed(["exp", "run", "--run-all"]);
    expect((await follower.result()).stdout).toContain("the stage sees x=2\n");
    expect(await repository.succeed(["queue", "logs", "p-1"])).toMatch(/the stage sees x=2\n(.*\n)*\n$/);
    expect(await repository.succeed(["queue", "logs", "-f", "p-1"])).toContain("Following logs for experiment 'p-1'.");
  });
});

describe("queue remove", () => {
  test("by name, by state; finished experiments stay", async () => {
    const repository = await queued("2,3,13,4");
    expect(await repository.succeed(["queue", "remove", "p-1"])).toBe("Removed tasks in queue: p-1\n");
    expect((await repository.run(["exp", "run", "--run-all"])).exitCode).toBe(1);
    expect(await states(repository)).toEqual(["p-3 failed", "p-2 success", "p-4 success"]);
    expect(await repository.succeed(["queue", "remove", "--failed"])).toBe("Removed tasks in queue: p-3\n");
    expect(await repository.succeed(["queue", "remove", "--all"])).toBe("Removed tasks in queue: p-2, p-4\n");
    expect(await repository.succeed(["queue", "remove", "--success"])).toBe("There is no such task to remove.\n");
    expect(await states(repository)).toEqual([]);
    expect(experimentNames(repository)).toEqual(["p-2", "p-4"]);
  });

  test("refuses an unknown name and a bad combination, and changes nothing", async () => {
    const repository = await queued("2");
    const unknown = await repository.run(["queue", "remove", "p-1", "nosuch"]);
    expect(unknown.exitCode).toBe(255);
    expect(unknown.stderr).toContain("'nosuch' is not a valid experiment name");
    for (const words of [[], ["p-1", "--all"]]) {
      const refused = await repository.run(["queue", "remove", ...words]);
      expect(refused.exitCode).toBe(255);
      expect(refused.stderr).toContain("Either provide an `tasks` argument");
    }
    expect(queueRefs(repository)).toEqual(["queued/1"]);
  });
});

describe("queue retry", () => {
  test("puts failed ones back at their place", async () => {
    const repository = await queued("13,2");
    expect((await repository.run(["exp", "run", "--run-all"])).exitCode).toBe(1);
    const refused = await repository.run(["queue", "retry", "p-2"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain("'p-2' is not a valid failed experiment name");
    expect(await repository.succeed(["queue", "retry", "p-1"])).toBe("Queued again: p-1\n");
    expect(queueRefs(repository)).toEqual(["queued/1"]);
    expect(await repository.succeed(["queue", "retry", "--failed"])).toBe("Nothing has failed.\n");
    expect((await repository.run(["queue", "retry"])).exitCode).toBe(255);
  });
});

describe("queue move", () => {
  test("changes the order in which experiments run", async () => {
    const repository = await queued("2,3,4");
    await repository.succeed(["queue", "move", "p-3", "--first"]);
    await repository.succeed(["exp", "run", "--queue", "--first", "-n", "urgent", "-S", "x=9"]);
    expect(await repository.succeed(["queue", "move", "p-1", "--last"])).toBe(
      "Order of the queue: urgent, p-3, p-2, p-1\n",
    );
    expect((await states(repository)).map((text) => text.split(" ")[0])).toEqual(["urgent", "p-3", "p-2", "p-1"]);
    await repository.succeed(["exp", "run", "--queue", "-n", "new", "-S", "x=10"]);
    await repository.succeed(["queue", "move", "new", "--before", "p-2"]);
    const run = await repository.succeed(["exp", "run", "--run-all"]);
    const started = [...run.matchAll(/^started (\S+)/gm)].map((line) => line[1]);
    expect(started).toEqual(["urgent", "p-3", "new", "p-2", "p-1"]);
  });

  test("refuses unknown names and no place", async () => {
    const repository = await queued("2,3");
    for (const words of [["p-1"], ["p-1", "--first", "--last"], ["nosuch", "--first"], ["p-1", "--before", "nosuch"]]) {
      expect((await repository.run(["queue", "move", ...words])).exitCode).toBe(255);
    }
    expect((await states(repository)).map((text) => text.split(" ")[0])).toEqual(["p-1", "p-2"]);
  });
});
