/** A job before it runs anything: what keeps it from starting, and what it finds out of the remotes. */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { namedFile } from "../../../src/base/named-file.ts";
import {
  checkQueue,
  checkStorage,
  type Job,
  type JobRequest,
  lookAtRemote,
  nameTaken,
  openJob,
  standingAt,
  standingsOf,
} from "../../../src/ci/job/job.ts";
import { planDigest } from "../../../src/ci/plan.ts";
import { planRequest } from "../../../src/ci/try-points.ts";
import { enqueue } from "../../../src/experiments/make/enqueue.ts";
import { expandPoints } from "../../../src/sweep/expand.ts";
import { lockOf, makeRemoteRepository, Planned } from "../planned.ts";
import { jobRequest, surroundings } from "./surroundings.ts";

let made: Planned;
let planned: Planned;
beforeAll(async () => {
  made = await Planned.make(makeRemoteRepository(), "x=1,2,3");
});
beforeEach(() => {
  planned = made.copy();
});

const requestOf = (asked: Partial<JobRequest> = {}) => jobRequest({ plan: planned.planFile, point: "0-2", ...asked });

const bundle = () => namedFile(planned.repository.root, "out/r.bundle");
const open = (asked: Partial<JobRequest> = {}): Promise<Job> =>
  openJob(planned.context, requestOf(asked), surroundings().of);

describe("opening", () => {
  test("gives the job its points, and its remote: as asked, as configured, or origin", async () => {
    expect(await open({ point: "1" })).toMatchObject({ remote: "origin", points: [{ name: "p-2" }] });
    expect((await open({ expect: planDigest(planned.plan) })).points).toHaveLength(3);
    planned.repository.git("remote", "rename", "origin", "team");
    expect((await open({ gitRemote: "team" })).remote).toBe("team");
    await expect(open()).rejects.toMatchObject({ code: "NO_GIT_REMOTE" });
  });

  test("makes the folder of a bundle, so that nothing fails for it after hours", async () => {
    await open({ bundle: bundle() });
    mkdirSync(bundle().path);
    await expect(open({ bundle: bundle() })).rejects.toMatchObject({ code: "BUNDLE_REFUSED" });
  });

  test.each<[what: string, code: string, asked: () => Partial<JobRequest>]>([
    ["no plan", "PLAN_MISSING", () => ({ plan: namedFile(planned.repository.root, "nope.json") })],
    ["a file that is no plan", "PLAN_INVALID", () => ({ plan: namedFile(planned.repository.folder, "params.yaml") })],
    ["another plan than the one that was emitted", "PLAN_DIFFERS", () => ({ expect: "0123456789abcdef" })],
    ["a point that the plan has not", "BAD_POINT", () => ({ point: "3" })],
    ["no such remote", "NO_GIT_REMOTE", () => ({ gitRemote: "nope" })],
  ])("is refused for %s", async (_what, code, asked) => {
    await expect(open(asked())).rejects.toMatchObject({ code });
  });

  test("is refused on another commit, and where a tracked file was changed", async () => {
    planned.repository.write({ "params.yaml": "x: 7\n", "untracked.txt": "u\n" });
    await expect(open()).rejects.toMatchObject({
      code: "WORKSPACE_CHANGED",
      message: expect.stringContaining("'params.yaml'"),
    });
    planned.repository.commit("another");
    await expect(open()).rejects.toMatchObject({ code: "PLAN_STALE" });
  });
});

describe("what the Git remote has", () => {
  test("is asked for; a job that writes a bundle goes on without an answer", async () => {
    await planned.result(0);
    planned.publish();
    expect([...(await lookAtRemote(await open())).there.keys()]).toEqual([planned.ref(0)]);
    rmSync(path.join(planned.repository.root, "remote.git"), { recursive: true });
    const { of, warnings } = surroundings();
    const job = await openJob(planned.context, requestOf({ bundle: bundle() }), of);
    expect((await lookAtRemote(job)).there.size).toBe(0);
    expect(warnings).toEqual([expect.stringContaining("the Git remote was not asked what is done already")]);
  });
});

describe("the storage remote", () => {
  test("must be there, unless no data is moved", async () => {
    await checkStorage(await open());
    rmSync(path.join(planned.repository.root, "store"), { recursive: true });
    await expect(checkStorage(await open())).rejects.toMatchObject({
      code: "STORAGE_MISSING",
      message: expect.stringContaining("'store' is not there"),
    });
    for (const asked of [{ bundle: bundle() }, { data: { cache: false } }])
      expect(await checkStorage(await open(asked))).toBeUndefined();
  });

  test("tells of which results data is missing", async () => {
    const { md5, files } = lockOf("one\n");
    const commit = await planned.result(0, { files });
    const states = [{ kind: "done", commit } as const, { kind: "missing" } as const];
    const standings = await standingsOf(await open(), states);
    expect(standingAt(standings, states[0])).toEqual({ onlyHere: [], nowhere: [md5] });
    expect([standingAt(standings, states[1]), standingAt(standings, undefined)]).toEqual([undefined, undefined]);
    for (const asked of [{ bundle: bundle() }, { data: { cache: false } }])
      expect((await standingsOf(await open(asked), states)).size).toBe(0);
  });
});

describe("the queue", () => {
  const queue = (sweep: string | undefined) => {
    const { points } = expandPoints(["x=2"]);
    const planning = { sweep, run: planned.plan.run };
    return enqueue(
      planned.context,
      planRequest(planned.context, planning, { points, names: ["p-2"], configs: undefined }),
    );
  };

  test("may hold what a killed run of the same plan left", async () => {
    await queue(planned.plan.sweep);
    expect(await checkQueue(await open(), planned.plan.points)).toBeUndefined();
  });

  test("must not hold another experiment under a planned name", async () => {
    await queue("s-0");
    await expect(checkQueue(await open(), planned.plan.points)).rejects.toEqual(
      nameTaken(planned.plan, planned.point(1)),
    );
    expect(await checkQueue(await open(), [planned.point(0)])).toBeUndefined();
  });
});
