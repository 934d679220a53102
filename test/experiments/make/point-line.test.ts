/** Points queued one by one beside the same points queued together. */
import { beforeAll, expect, test } from "vitest";
import { enqueue } from "../../../src/experiments/make/enqueue.ts";
import { type EnqueueRequest, enqueueRequest } from "../../../src/experiments/make/enqueue-request.ts";
import { openPointLine } from "../../../src/experiments/make/point-line.ts";
import { PointInputs } from "../../../src/experiments/point/point-inputs.ts";
import { listQueue } from "../../../src/experiments/queue/entries.ts";
import type { ExperimentsContext } from "../../../src/experiments/repository.ts";
import { expandPoints } from "../../../src/sweep/expand.ts";
import { makeRepository, type Repository, scriptStage } from "../../rig/index.ts";
import { contextOf } from "../../run/queued.ts";

let made: Repository;
beforeAll(() => {
  made = makeRepository({
    files: {
      "params.yaml": "x: 1\n",
      "conf/more.yaml": "y: 1\n",
      "dvc.yaml": scriptStage("train", "train.sh"),
      "train.sh": "echo 1 > out.txt; echo {} > m.json\n",
      "data.bin": "untracked\n",
      ".gitignore": "/data.bin\n",
    },
  });
});

function requestOf(context: ExperimentsContext, overrides: readonly string[]): EnqueueRequest {
  const { points } = expandPoints(overrides);
  const inputs = new PointInputs(context, { points, configs: undefined, folder: "" });
  const copyPaths = [`${context.repository.workTree}/data.bin`];
  const run = { targets: [], flags: {}, copyPaths, message: "words", limits: { retries: 2 } };
  return enqueueRequest({ kind: "sweep", failed: "report" }, { inputs, run, name: "p", sweep: "s-1" });
}

async function entriesIn(context: ExperimentsContext) {
  const { entries } = await listQueue(context);
  return entries.map(({ commit, index, copiedPaths, queuedAt, ...rest }) => rest);
}

const overrides = ["x=1,2,3", "conf/more.yaml:y=4,5"];

test("entries are those of a sweep, and what is told of them is what the queue holds", async () => {
  const together = contextOf(made.copy());
  await enqueue(together, requestOf(together, overrides));
  const repository = made.copy();
  const context = contextOf(repository);
  const request = requestOf(context, overrides);
  const line = await openPointLine(context, request);
  const told = [];
  for (const point of request.inputs.points) {
    told.push((await line.queue(point)).entry);
    // What comes between is none of the sweep.
    repository.write({ "params.yaml": "x: 9\n" });
  }
  await line.close();
  expect(await entriesIn(context)).toEqual(await entriesIn(together));
  const { entries } = await listQueue(context);
  expect(told).toEqual(entries);
  expect(entries.map(({ copiedPaths }) => repository.git("show", `${copiedPaths}:data.bin`))).toEqual(
    entries.map(() => "untracked"),
  );
  repository.git("fsck", "--strict");
});

test("a point that somebody else has queued or finished meanwhile is left alone; numbers go on from those of others", async () => {
  const repository = made.copy();
  const context = contextOf(repository);
  const request = requestOf(context, ["x=1,2,3"]);
  const [first, second, third] = request.inputs.points;
  if (first === undefined || second === undefined || third === undefined) throw new TypeError("three points");
  const line = await openPointLine(context, request);
  const mine = await line.queue(first);
  expect(mine.queued.map(({ name, sequence }) => [name, sequence])).toEqual([["p-1", 1]]);
  await enqueue(context, requestOf(context, ["x=2"]));
  const again = await line.queue(first);
  expect(again).toMatchObject({ queued: [], known: [{ name: "p-1", state: "queued", sequence: 1 }] });
  expect(await line.queue(second)).toMatchObject({
    queued: [],
    known: [{ name: "p-2", state: "queued", sequence: 2 }],
  });
  await repository.succeed(["exp", "run", "--run-all"]);
  expect(await line.queue(second)).toMatchObject({ queued: [], known: [{ name: "p-2", state: "done" }] });
  expect((await line.queue(third)).queued.map(({ name, sequence }) => [name, sequence])).toEqual([["p-3", 3]]);
  await line.close();
});

test("data that was changed since it was added is stored anew for each point", async () => {
  const repository = made.copy();
  repository.write({ "big.bin": "one\n" });
  await repository.succeed(["add", "big.bin"]);
  repository.git("add", ".");
  repository.commit("data");
  repository.write({ "big.bin": "two\n" });
  const context = contextOf(repository);
  const request = requestOf(context, ["x=1,2"]);
  const line = await openPointLine(context, request);
  for (const point of request.inputs.points) {
    await line.queue(point);
    repository.write({ "big.bin": "three\n" });
  }
  await line.close();
  const { entries } = await listQueue(context);
  const hashes = entries.map(({ commit }) => /md5: (\w+)/.exec(repository.git("show", `${commit}:big.bin.dvc`))?.[1]);
  expect(new Set(hashes).size).toBe(2);
});
