/** The entries that one process is given out of the queue: in order, each once, none that another one has or that must wait. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { identifyProcess } from "../../src/base/processes.ts";
import { sequenceText } from "../../src/experiments/layout.ts";
import { releaseEntry, runningSequences } from "../../src/experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../src/experiments/repository.ts";
import { recordAttempt } from "../../src/experiments/runs/attempts.ts";
import { runFolder, startRun, writeRunRecord } from "../../src/experiments/runs/records.ts";
import { EntrySource, type EntrySourceOptions } from "../../src/run/entry-source.ts";
import { makeExperimentRepository } from "../cli/exp-project.ts";
import type { Repository } from "../rig/index.ts";
import { contextOf, queueAs } from "./queued.ts";

let made: Repository;
let repository: Repository;
let context: ExperimentsContext;

beforeAll(async () => {
  made = makeExperimentRepository();
  await queueAs(contextOf(made), ["x=2,3,4"]);
});
beforeEach(() => {
  repository = made.copy();
  context = contextOf(repository);
});

async function open(options: Partial<EntrySourceOptions> = {}): Promise<{ source: EntrySource; total: number }> {
  const source = new EntrySource(context, { claims: "take", ...options });
  return { source, total: await source.open() };
}

/** The names of all that it gives out now. */
async function rest(source: EntrySource): Promise<readonly string[]> {
  const names: string[] = [];
  for (let entry = await source.next(); entry !== undefined; entry = await source.next()) names.push(entry.name);
  return names;
}

function claimElsewhere(sequence: number): void {
  mkdirSync(context.state.claims, { recursive: true });
  const owner = { ...identifyProcess(process.ppid), what: `run ${sequence}` };
  writeFileSync(path.join(context.state.claims, sequenceText(sequence)), JSON.stringify(owner));
}

describe("given out are", () => {
  test("all that are queued, in order, each claimed", async () => {
    const { source, total } = await open();
    expect(total).toBe(3);
    expect(source.hasUntried()).toBe(true);
    expect(await rest(source)).toEqual(["p-1", "p-2", "p-3"]);
    expect([...runningSequences(context)].sort()).toEqual([1, 2, 3]);
    expect(source.hasUntried()).toBe(false);
  });

  test("those that were asked for, which nobody needs to claim twice", async () => {
    const { source, total } = await open({ only: new Set([2, 9]), claims: "held" });
    expect(total).toBe(1);
    expect(await rest(source)).toEqual(["p-2"]);
    expect(runningSequences(context).size).toBe(0);
  });

  test("those that come while we run", async () => {
    const { source } = await open();
    await rest(source);
    await queueAs(context, ["x=9"], { message: "more" });
    expect(await rest(source)).toHaveLength(1);
  });

  test("none that another process has, until it has let go of it", async () => {
    claimElsewhere(2);
    const { source } = await open();
    expect(await rest(source)).toEqual(["p-1", "p-3"]);
    releaseEntry(context, 2);
    expect(await rest(source)).toEqual(["p-2"]);
  });

  test("none that was removed since the queue was listed", async () => {
    const { source } = await open();
    repository.git("update-ref", "-d", `refs/exps/celery/sweepline/queued/${sequenceText(2)}`);
    expect(await rest(source)).toEqual(["p-1", "p-3"]);
    expect(runningSequences(context).has(2)).toBe(false);
  });

  test("none before its next attempt; a time too far away is of a clock that was set back", async () => {
    const attempt = { cause: "code", message: "", endedAt: 0 } as const;
    const notBefore = Date.now() + 200_000;
    recordAttempt(runFolder(context.state, { sequence: 1, name: "p-1" }), { ...attempt, notBefore });
    recordAttempt(runFolder(context.state, { sequence: 2, name: "p-2" }), {
      ...attempt,
      notBefore: Date.now() + 3_600_000,
    });
    const { source } = await open();
    expect(await rest(source)).toEqual(["p-2", "p-3"]);
    expect(source.nextDue()).toBe(notBefore);
  });

  test("again what was put back, once it is due", async () => {
    const { source } = await open();
    await rest(source);
    for (const sequence of [1, 2]) releaseEntry(context, sequence);
    source.putBack(1, Date.now() - 1);
    source.putBack(2, Date.now() + 200_000);
    expect(await rest(source)).toEqual(["p-1"]);
    source.lookAgain();
    expect(await rest(source)).toEqual([]);
  });

  test("again what is free and still queued, to one that stays", async () => {
    const { source } = await open();
    await rest(source);
    for (const sequence of [1, 2, 3]) releaseEntry(context, sequence);
    expect(await rest(source)).toEqual([]);
    source.lookAgain();
    expect(await rest(source)).toEqual(["p-1", "p-2", "p-3"]);
  });
});

describe("what is left", () => {
  test("tells what is queued, what another process runs, and what others finished", async () => {
    const { source } = await open();
    claimElsewhere(1);
    repository.git("update-ref", "-d", `refs/exps/celery/sweepline/queued/${sequenceText(2)}`);
    const run = startRun(context.state, { sequence: 2, name: "p-2" });
    writeRunRecord(run, { name: "p-2", state: "success", startedAt: 0, elapsedMs: 1 });
    expect(await source.left(new Set())).toEqual({ queued: 1, elsewhere: { running: 1, failed: 0, succeeded: 1 } });
  });

  test("does not call queued what another process ended while the queue was listed", async () => {
    claimElsewhere(1);
    const { repository: git } = context;
    let isEnding = false;
    const source = new EntrySource(
      {
        ...context,
        get repository() {
          if (isEnding) releaseEntry(context, 1);
          return git;
        },
      },
      { claims: "take", only: new Set([1]) },
    );
    await source.open();
    isEnding = true;
    expect(await source.left(new Set())).toMatchObject({ queued: 0, elsewhere: { running: 1 } });
  });

  test("counts failures of the run's entries alone, and not our own", async () => {
    const [queued, failed] = ["queued", "failed"].map((state) => `refs/exps/celery/sweepline/${state}/`);
    const fail = (sequence: number) => {
      const number = sequenceText(sequence);
      repository.git("update-ref", `${failed}${number}`, repository.git("rev-parse", `${queued}${number}`));
      repository.git("update-ref", "-d", `${queued}${number}`);
    };
    fail(3);
    const { source } = await open();
    fail(1);
    fail(2);
    expect((await source.left(new Set([2]))).elsewhere).toMatchObject({ failed: 1 });
    const { source: asked } = await open({ only: new Set([1, 3]) });
    expect(await asked.left(new Set())).toEqual({ queued: 0, elsewhere: { running: 0, failed: 2, succeeded: 0 } });
  });
});
