/** `queue start` and `queue stop`: what they ask of a coordinator that lives, and the start of one where there is none. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backgroundCoordinator } from "../../../src/experiments/coordinator/facts.ts";
import { RequestWatch } from "../../../src/experiments/coordinator/request-watch.ts";
import { type QueueRequest, readRequests, writeRequest } from "../../../src/experiments/coordinator/requests.ts";
import { CoordinatorRole } from "../../../src/experiments/coordinator/role.ts";
import { type StartRequest, startBackground, stopBackground } from "../../../src/experiments/coordinator/start-stop.ts";
import { type ExperimentsContext, openExperiments } from "../../../src/experiments/repository.ts";
import { openProject } from "../../../src/project/open.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { binary, makeRepository } from "../../rig/index.ts";

let context: ExperimentsContext;
const ends: (() => void)[] = [];
const [, program = ""] = process.argv;

beforeEach(() => {
  const repository = makeRepository();
  useEnvironment(repository);
  context = openExperiments(openProject(repository.folder));
});
afterEach(() => {
  process.argv[1] = program;
  for (const end of ends.splice(0)) end();
});

/** A coordinator in this process, which hears what it is asked. */
function living(jobs: number): { readonly role: CoordinatorRole; readonly heard: readonly QueueRequest[] } {
  const role = CoordinatorRole.take(context.state, jobs);
  if (role === undefined) throw new Error("another process has the role");
  const heard: QueueRequest[] = [];
  const watch = new RequestWatch(context.state, (request) => {
    heard.push(request);
    if (request.kind === "stop" && request.manner === "kill") role.leave();
    return true;
  });
  ends.push(
    () => watch.close(),
    () => role.leave(),
  );
  return { role, heard };
}

const request = (asked: Partial<StartRequest> = {}): StartRequest => ({
  jobs: 2,
  words: [],
  asks: "nothing",
  ...asked,
});

describe("a coordinator that lives", () => {
  test("gets more jobs where more are asked for, and none are taken away", async () => {
    const { heard } = living(2);
    expect(await startBackground(context, request({ jobs: 5 }))).toEqual({
      kind: "raised",
      added: 3,
      jobs: 5,
      pid: process.pid,
    });
    expect(await startBackground(context, request({ jobs: 1 }))).toMatchObject({ kind: "raised", added: 0, jobs: 2 });
    expect(heard).toEqual([
      { kind: "jobs", jobs: 5 },
      { kind: "jobs", jobs: 2 },
    ]);
  });

  test("goes on where it was to stop, but takes no other options then", async () => {
    const { role } = living(2);
    role.tell({ jobs: 2, state: "draining" });
    expect(await startBackground(context, request())).toMatchObject({ kind: "resumed", added: 0, jobs: 2 });
    await expect(startBackground(context, request({ asks: "own options" }))).rejects.toMatchObject({
      code: "STOPPING",
    });
  });

  test("hears that it is to stop, now or after what runs", async () => {
    const { heard } = living(2);
    expect(await stopBackground(context, "wait")).toBe(true);
    expect(backgroundCoordinator(context.state)).toBeDefined();
    expect(await stopBackground(context, "kill")).toBe(true);
    expect(heard.at(-1)).toEqual({ kind: "stop", manner: "kill" });
    expect(backgroundCoordinator(context.state)).toBeUndefined();
    expect(readRequests(context.state)).toEqual([]);
  });
});

describe("where none lives", () => {
  test("there is nothing to stop", async () => {
    expect(await stopBackground(context, "kill")).toBe(false);
  });

  test("one is started, without what was asked of an earlier one; its log is kept small", async () => {
    writeRequest(context.state, { kind: "stop", manner: "kill" });
    writeRequest(context.state, { kind: "kill", sequence: 9, manner: "stop" });
    writeFileSync(context.state.coordinatorLog, "x".repeat((4 << 20) + 1));
    process.argv[1] = binary;
    const started = await startBackground(context, request({ words: ["--jobs", "2"] }));
    expect(started).toMatchObject({ kind: "launched", added: 2, jobs: 2 });
    expect(backgroundCoordinator(context.state)).toMatchObject({ pid: started.pid, jobs: 2, state: "working" });
    expect(readFileSync(`${context.state.coordinatorLog}.old`, "utf8")).toHaveLength((4 << 20) + 1);
    expect(await stopBackground(context, "kill")).toBe(true);
    expect(backgroundCoordinator(context.state)).toBeUndefined();
  });

  test("one that ends at once is said, with the place of its log", async () => {
    process.argv[1] = "/nowhere/sweepline.js";
    await expect(startBackground(context, request())).rejects.toMatchObject({
      code: "NOT_STARTED",
      hint: `See ${context.state.coordinatorLog}.`,
    });
    expect(readFileSync(context.state.coordinatorLog, "utf8")).toContain("/nowhere/sweepline.js");
  });
});
