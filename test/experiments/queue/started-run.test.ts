/** The run of a task: what waits is refused or waited for, and what is none is no task. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { runOfTask } from "../../../src/experiments/queue/started-run.ts";
import { type ExperimentsContext, openExperiments } from "../../../src/experiments/repository.ts";
import { runFolder } from "../../../src/experiments/runs/records.ts";
import { openProject } from "../../../src/project/open.ts";
import { makeExperimentRepository } from "../../cli/exp-project.ts";
import { useEnvironment } from "../../git/repositories.ts";
import type { Repository } from "../../rig/index.ts";

let made: Repository;
let repository: Repository;
let context: ExperimentsContext;

beforeAll(async () => {
  made = makeExperimentRepository();
  await made.succeed(["exp", "run", "--queue", "-n", "one", "-S", "x=2"]);
});
beforeEach(() => {
  repository = made.copy();
  useEnvironment(repository);
  context = openExperiments(openProject(repository.folder));
});

const queued = { name: "one", sequence: 1 };

/** What a worker does first. */
function startRun(): void {
  const { log } = runFolder(context.state, queued);
  mkdirSync(path.dirname(log), { recursive: true });
  writeFileSync(log, "it runs\n");
}

test("one that has a log is there at once", async () => {
  startRun();
  expect(await runOfTask(context, "one", "refuse")).toMatchObject({ sequence: 1 });
});

test("one that waits is refused", async () => {
  await expect(runOfTask(context, "one", "refuse")).rejects.toMatchObject({ code: "NOT_STARTED" });
});

test("one that waits is told, then waited for", async () => {
  const told: string[] = [];
  const waits = (message: string) => {
    told.push(message);
    startRun();
  };
  expect(await runOfTask(context, "one", { waits })).toMatchObject({ sequence: 1 });
  expect(told).toEqual(["Experiment 'one' is in queue but has not been started: waiting for it."]);
});

test("one that leaves the queue meanwhile is waited for no longer", async () => {
  const waits = () => repository.git("update-ref", "-d", "refs/exps/celery/sweepline/queued/0000000001");
  await expect(runOfTask(context, "one", { waits })).rejects.toMatchObject({
    code: "NOT_STARTED",
    message: "Experiment 'one' left the queue without having been started",
  });
});

test("a name that nothing in the queue has is no task", async () => {
  await expect(runOfTask(context, "two", "refuse")).rejects.toMatchObject({ code: "NOT_A_TASK" });
});
