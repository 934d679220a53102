/** A job whose points have results already: nothing runs again, and what the remotes lack is brought there. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { namedFile } from "../../../src/base/named-file.ts";
import { type JobRequest, openJob } from "../../../src/ci/job/job.ts";
import { runJob } from "../../../src/ci/job/run.ts";
import { failureRef } from "../../../src/ci/plan-refs.ts";
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

async function run(asked: Partial<JobRequest> = {}) {
  const { of, warnings, told } = surroundings();
  const request = jobRequest({ plan: planned.planFile, point: "0-1", ...asked });
  const end = await runJob(await openJob(planned.context, request, of));
  return { end, warnings, told };
}

/** An object in this clone's cache. */
function cache(content: string): ReturnType<typeof lockOf> {
  const lock = lockOf(content);
  const file = path.join(planned.repository.folder, ".dvc/cache/files/md5", lock.md5.slice(0, 2), lock.md5.slice(2));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return lock;
}

const stored = (md5: string): boolean =>
  existsSync(path.join(planned.repository.root, "store/files/md5", md5.slice(0, 2), md5.slice(2)));

test("all is in the remote: nothing to do", async () => {
  await planned.result(0);
  await planned.result(1);
  planned.publish();
  expect((await run()).end).toEqual({ kind: "nothing" });
});

test("results that are here only are pushed with their data, and an old failure of theirs goes", async () => {
  await planned.failure(1, "of an earlier try");
  planned.publish();
  const { md5, files } = cache("one\n");
  await planned.result(0, { files });
  await planned.result(1);
  const { end, told } = await run();
  expect(end).toEqual({
    kind: "ran",
    before: 2,
    handedOn: { kind: "pushed", points: 2, remote: "origin", files: 1 },
    failed: 0,
    left: [],
    isStopped: false,
  });
  expect(planned.remoteRefs()).toEqual([planned.ref(0), planned.ref(1)]);
  expect(stored(md5)).toBe(true);
  expect(told).toEqual(["Uploading", "ended"]);
});

test("without the data where it is asked for so", async () => {
  const { md5, files } = cache("one\n");
  await planned.result(0, { files });
  await planned.result(1);
  expect((await run({ data: { cache: false } })).end).toMatchObject({ handedOn: { points: 2, files: 0 } });
  expect(stored(md5)).toBe(false);
});

test("into a bundle: the results, and nothing goes to the remote", async () => {
  await planned.result(0);
  await planned.result(1);
  const bundle = namedFile(planned.repository.root, "r.bundle");
  expect((await run({ bundle })).end).toMatchObject({ before: 2, handedOn: { kind: "bundled", refs: 2 } });
  expect(planned.repository.git("bundle", "list-heads", bundle.path)).toContain(planned.ref(1));
  expect(planned.remoteRefs()).toEqual([]);
});

test("another experiment that has a point's name, here or there, ends it", async () => {
  await planned.result(0, { x: 9 });
  await expect(run()).rejects.toMatchObject({ code: "NAME_TAKEN", message: expect.stringContaining("'p-1'") });
  planned.publish();
  await expect(run()).rejects.toMatchObject({ code: "NAME_TAKEN" });
});

test("another job that was first with another result: said, and its result counts", async () => {
  await planned.result(0, { files: { "other.txt": "theirs\n" } });
  planned.publish();
  await planned.result(0);
  await planned.result(1);
  const { end, warnings } = await run();
  expect(end).toMatchObject({ kind: "ran", handedOn: { points: 1 } });
  expect(warnings).toEqual(["another job brought another result first, which counts: p-1"]);
});

test("nobody configured who commits: the job does it under a name of its own", async () => {
  await planned.result(0);
  await planned.result(1);
  planned.publish();
  const { HOME } = process.env;
  try {
    process.env.HOME = planned.repository.root;
    process.env.XDG_CONFIG_HOME = planned.repository.root;
    for (const name of ["user.name", "user.email"]) planned.repository.git("config", "--local", name, "");
    expect((await run()).end).toEqual({ kind: "nothing" });
    expect(process.env.GIT_COMMITTER_NAME).toBe("sweepline");
  } finally {
    process.env.HOME = HOME;
    for (const name of Object.keys(process.env)) if (/^GIT_(AUTHOR|COMMITTER)_/.test(name)) delete process.env[name];
  }
});

test("failures stay where no result overcame them", async () => {
  await planned.failure(2, "of another job");
  planned.publish();
  await planned.result(0);
  await planned.result(1);
  await run();
  expect(planned.remoteRefs()).toContain(failureRef(planned.plan, planned.point(2)));
});

test("a remote that does not take results says so, and another try would not help", async () => {
  await planned.result(0);
  await planned.result(1);
  const hook = path.join(planned.repository.root, "remote.git/hooks/pre-receive");
  mkdirSync(path.dirname(hook), { recursive: true });
  writeFileSync(hook, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  await expect(run()).rejects.toMatchObject({ code: "PUSH_DENIED" });
  expect(planned.remoteRefs()).toEqual([]);
});
