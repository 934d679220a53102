/** The results of all jobs, from the Git remote or from bundles, compared with the plan. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { namedFile } from "../../../src/base/named-file.ts";
import { writeBundle } from "../../../src/ci/bundles.ts";
import { type CollectRequest, collectResults } from "../../../src/ci/collect/collect.ts";
import { openPointText } from "../../../src/ci/collect/report.ts";
import { lockOf, makeRemoteRepository, Planned } from "../planned.ts";

let made: Planned;
let planned: Planned;
let warnings: string[];
beforeAll(async () => {
  made = await Planned.make(makeRemoteRepository(), "x=1,2,3");
});
beforeEach(() => {
  planned = made.copy();
  warnings = [];
});

async function collect(asked: Partial<CollectRequest> = {}) {
  const request: CollectRequest = {
    plan: planned.planFile,
    bundles: undefined,
    gitRemote: undefined,
    remote: undefined,
    cache: true,
    system: "json",
    maxJobs: undefined,
    ...asked,
  };
  const collected = await collectResults(planned.context, request, { warn: (message) => warnings.push(message) });
  const { done, failed, missing, isStorageThere } = collected;
  return { done: [...done], failed: failed.map(openPointText), missing: missing.map(openPointText), isStorageThere };
}

describe("from the remote", () => {
  test("done, failed and missing points, each open one with its job", async () => {
    await planned.result(0);
    await planned.failure(1, "exited with 3");
    planned.publish();
    expect(await collect({ maxJobs: 2 })).toEqual({
      done: ["p-1"],
      failed: ["p-2 (point 1, job 1-2): exited with 3"],
      missing: ["p-3 (point 2, job 1-2)"],
      isStorageThere: true,
    });
    expect(warnings).toEqual([]);
  });

  test("what is not the plan's is left, and its point is open", async () => {
    await planned.result(0, { x: 9 });
    planned.publish();
    expect(await collect()).toMatchObject({
      done: [],
      missing: [expect.stringContaining("p-1"), expect.any(String), expect.any(String)],
    });
    expect(warnings).toEqual([`origin: 1 refs are not what the plan says, and were left: ${planned.ref(0)}`]);
  });

  test("a result that is good here does not count where another experiment has its name there", async () => {
    await planned.result(0, { x: 9 });
    planned.publish();
    await planned.result(0);
    const { failed } = await collect();
    expect(failed).toEqual(["p-1 (point 0, job 0): another experiment, or one with other parameters, has its name"]);
  });

  test("a result whose data is nowhere has failed, unless the data is not asked for", async () => {
    const { md5, files } = lockOf("one\n");
    await planned.result(0, { files });
    planned.publish();
    expect((await collect()).failed).toEqual([
      `p-1 (point 0, job 0): its data is not, or not whole, in the storage remote: md5 ${md5}`,
    ]);
    expect((await collect({ cache: false })).done).toEqual(["p-1"]);
  });

  test("data that this clone has can still be brought there", async () => {
    const { md5, files } = lockOf("one\n");
    const object = path.join(planned.repository.folder, ".dvc/cache/files/md5", md5.slice(0, 2), md5.slice(2));
    mkdirSync(path.dirname(object), { recursive: true });
    writeFileSync(object, "one\n");
    await planned.result(0, { files });
    planned.publish();
    expect((await collect()).failed).toEqual([expect.stringContaining("this clone's cache has it, and `matrix run`")]);
  });

  test("a storage folder that is not mounted is said: data counts as missing that may be there", async () => {
    await planned.result(0, { files: lockOf("one\n").files });
    planned.publish();
    rmSync(path.join(planned.repository.root, "store"), { recursive: true });
    expect(await collect()).toMatchObject({ isStorageThere: false, done: [] });
    expect(warnings).toEqual([expect.stringContaining("the folder of storage remote 'store' is not there")]);
  });

  test("there is none: what is here counts, and that is said", async () => {
    planned.repository.git("remote", "remove", "origin");
    await planned.result(0);
    expect((await collect()).done).toEqual(["p-1"]);
    expect(warnings).toEqual(["there is no Git remote: only results that are here already count"]);
    await expect(collect({ gitRemote: "nope" })).rejects.toMatchObject({ code: "NO_GIT_REMOTE" });
  });
});

describe("from bundles", () => {
  const folder = () => namedFile(planned.repository.root, "bundles");
  const bundle = async (name: string, ...points: readonly number[]) => {
    const file = namedFile(path.join(planned.repository.root, "bundles"), name);
    mkdirSync(path.dirname(file.path), { recursive: true });
    await writeBundle(planned.context, file, { plan: planned.plan, refs: points.map((i) => planned.ref(i)) });
  };

  test("of any depth; what is none costs its own points only, and carries no data", async () => {
    await planned.result(0, { files: lockOf("one\n").files });
    await planned.result(1);
    await bundle("a.bundle", 0);
    await bundle("job/b.bundle", 1);
    writeFileSync(path.join(folder().path, "broken.bundle"), "no bundle\n");
    planned.forget();
    planned.repository.git("remote", "remove", "origin");
    expect(await collect({ bundles: folder() })).toMatchObject({ done: ["p-1", "p-2"], failed: [] });
    expect(warnings).toEqual(["broken.bundle can't be read: it is no Git bundle"]);
  });

  test("with a result of another plan: it is left", async () => {
    await planned.result(0, { x: 9 });
    await bundle("a.bundle", 0);
    planned.forget();
    expect((await collect({ bundles: folder() })).done).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("a.bundle: 1 refs are not what the plan says")]);
  });

  test("a folder that is not there: every job may have been killed before", async () => {
    expect((await collect({ bundles: folder() })).missing).toHaveLength(3);
    expect(warnings).toEqual(["there is no folder 'bundles': no bundles"]);
  });
});

test("the plan's commit must be here", async () => {
  writeFileSync(planned.planFile.path, "{}\n");
  await expect(collect()).rejects.toMatchObject({ code: "PLAN_INVALID" });
  const elsewhere = makeRemoteRepository();
  elsewhere.write({ "another.txt": "1\n" });
  elsewhere.commit("another");
  const other = await Planned.make(elsewhere, "x=1");
  await expect(collect({ plan: other.planFile })).rejects.toMatchObject({ code: "PLAN_STALE" });
});
