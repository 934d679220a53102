/** Results of points from a Git remote or a bundle: what is the plan's is taken, once; anything else is left and named. */
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compareRivals, statesOfPoints, takeResults } from "../../src/ci/gather.ts";
import { failureRef } from "../../src/ci/plan-refs.ts";
import { makeRemoteRepository, Planned } from "./planned.ts";

let made: Planned;
let planned: Planned;
beforeAll(async () => {
  made = await Planned.make(makeRemoteRepository(), "x=1,2,3");
});
beforeEach(() => {
  planned = made.copy();
});

const scope = () => ({ context: planned.context, plan: planned.plan, points: planned.plan.points });

test("each point is done, failed, taken by another experiment, or missing", async () => {
  const done = await planned.result(0);
  const failed = await planned.failure(1, "exited with 3");
  const taken = await planned.result(2, { x: 9 });
  expect(await statesOfPoints(scope())).toEqual([
    { kind: "done", commit: done },
    { kind: "failed", message: "exited with 3", commit: failed },
    { kind: "taken", commit: taken },
  ]);
  planned.forget();
  expect(await statesOfPoints(scope())).toEqual(planned.plan.points.map(() => ({ kind: "missing" })));
});

describe("a result that says it is the point's, and holds other parameters, is none", () => {
  const stateOf = async (held: string) => {
    await planned.result(0, { held });
    return (await statesOfPoints(scope()))[0]?.kind;
  };

  test.each([
    ["x: 1\n", "done"],
    ["{'x': 1}\n", "done"],
    ["x: 2\n", "taken"],
    ["x: '1'\n", "taken"],
    ["x: 1\nmore: 1\n", "taken"],
    ["x: [\n", "taken"],
    ["", "taken"],
  ])("%j: %s", async (held, kind) => {
    expect(await stateOf(held)).toBe(kind);
  });

  test("nor is it taken from a remote", async () => {
    await planned.result(0, { held: "x: 2\n" });
    planned.publish();
    const { refused } = await takeResults(scope(), "origin");
    expect([...refused]).toEqual([planned.ref(0)]);
    expect((await statesOfPoints(scope()))[0]?.kind).toBe("missing");
  });

  test("but where a stage writes the file", async () => {
    planned.repository.write({ "dvc.yaml": "stages:\n  s:\n    cmd: date\n    outs: [params.yaml]\n" });
    expect(await stateOf("x: 2\n")).toBe("done");
  });

  test("composed: where a value differs that an override sets; what the machine decides may differ", async () => {
    planned.repository.write({ ".dvc/config.local": "[hydra]\n    enabled = true\n" });
    planned = planned.reopened();
    expect(await stateOf("x: 2\nhost: theirs\n")).toBe("taken");
    expect(await stateOf("x: 1\nhost: theirs\n")).toBe("done");
    expect(await stateOf("x:\n  chosen: 1\n")).toBe("done");
  });

  test("nor where another file that stages depend on differs, or is there and was not", async () => {
    planned.repository.write({ "dvc.yaml": "stages:\n  s:\n    cmd: date\n    params: [x, other.yaml: [y]]\n" });
    expect(await stateOf("x: 1\n")).toBe("done");
    await planned.result(0, { files: { "other.yaml": "y: 1\n" } });
    expect((await statesOfPoints(scope()))[0]?.kind).toBe("taken");
  });
});

describe("from a remote", () => {
  test("results and failures are taken; those that are not what the plan says stay there", async () => {
    const done = await planned.result(0);
    await planned.failure(1, "exited with 3");
    await planned.result(2, { x: 9 });
    planned.repository.git("update-ref", failureRef(planned.plan, planned.point(2)), planned.plan.baseline);
    planned.publish();
    const { there, refused, sound } = await takeResults(scope(), "origin");
    expect(there.get(planned.ref(0))).toBe(done);
    expect(there.size).toBe(4);
    expect([...refused].sort()).toEqual([planned.ref(2), failureRef(planned.plan, planned.point(2))].sort());
    expect(sound.get(planned.ref(0))).toBe(done);
    expect((await statesOfPoints(scope(), sound)).map(({ kind }) => kind)).toEqual(["done", "failed", "missing"]);
  });

  test("a result that is here stays, a later failure replaces an earlier one", async () => {
    await planned.result(0, { files: { "other.txt": "theirs\n" } });
    await planned.failure(1, "theirs");
    planned.publish();
    const ours = await planned.result(0);
    await planned.failure(1, "ours");
    await takeResults(scope(), "origin");
    expect((await statesOfPoints(scope())).slice(0, 2)).toEqual([
      { kind: "done", commit: ours },
      expect.objectContaining({ kind: "failed", message: "theirs" }),
    ]);
  });

  test("of the points that matter only", async () => {
    await planned.result(0);
    await planned.result(1);
    planned.publish();
    const { there } = await takeResults({ ...scope(), points: [planned.point(1)] }, "origin");
    expect([...there.keys()]).toEqual([planned.ref(1)]);
    expect((await statesOfPoints(scope())).map(({ kind }) => kind)).toEqual(["missing", "done", "missing"]);
  });

  test("that is not there: the failure may pass", async () => {
    await expect(takeResults(scope(), path.join(planned.repository.root, "nowhere"))).rejects.toMatchObject({
      code: "GIT_REMOTE_FAILED",
    });
  });
});

test("rivals: another result under a point's name differs, an experiment of somebody else has it taken", async () => {
  await planned.result(0);
  await planned.result(1, { files: { "other.txt": "theirs\n" } });
  planned.publish();
  await planned.result(0);
  await planned.result(1);
  expect(await compareRivals(scope(), "origin")).toEqual({ taken: undefined, different: ["p-2"] });
  planned.forget();
  await planned.result(2, { x: 9 });
  planned.publish();
  await planned.result(2);
  const { taken } = await compareRivals({ ...scope(), points: [planned.point(2)] }, "origin");
  expect(taken?.name).toBe("p-3");
});

describe("composed: the configs of the plan's commit say what a point is", () => {
  let composed: Planned;
  beforeAll(async () => {
    const repository = makeRemoteRepository();
    repository.write({
      ".dvc/config": "[hydra]\n    enabled = true\n",
      "conf/config.yaml": `defaults: [model: small, _self_]\nx: 1\nlr: 0.1\ntwice: \${lr}\n`,
      "conf/model/small.yaml": "layers: 2\nname: small\n",
      "conf/model/large.yaml": "layers: 9\nname: large\n",
      "params.yaml": "x: 1\n",
    });
    repository.commit("configs");
    composed = await Planned.make(repository, "x=1", "model=small,large");
  });
  beforeEach(() => {
    planned = composed.copy();
  });
  /** Of the point x=1 model=large. */
  const stateOf = async (held: string) => {
    await planned.result(1, { held });
    return (await statesOfPoints(scope()))[1]?.kind;
  };
  const large = "model: {layers: 9, name: large}\nx: 1\nlr: 0.1\ntwice: 0.1\n";

  test.each([
    [large, "done"],
    [large.replace("9", "2").replace("large", "small"), "taken"],
    [large.replace("9", "99"), "taken"],
    [large.replace("x: 1", "x: 5"), "taken"],
    [large.replace("lr: 0.1\n", "lr: 0.9\n"), "taken"],
    [large.replace("twice: 0.1", "twice: 0.2"), "taken"],
    [large.replace("twice: 0.1\n", ""), "taken"],
    [`${large}more: 1\n`, "taken"],
    ["x: 1\n", "taken"],
  ])("%j: %s", async (held, kind) => {
    expect(await stateOf(held)).toBe(kind);
  });

  test("whatever lies in the work tree", async () => {
    planned.repository.write({ "conf/model/large.yaml": "layers: 1\n", "conf/config.yaml": "x: [" });
    expect(await stateOf(large)).toBe("done");
    expect(await stateOf(large.replace("9", "1"))).toBe("taken");
  });

  test("not where they depend on the machine: then what they say without its environment decides", async () => {
    planned.repository.write({
      "conf/config.yaml": `defaults: [model: small, _self_]\nx: 1\nhost: \${oc.env:SWEEPLINE_NO_SUCH}\n`,
    });
    planned.repository.commit("environment");
    planned = await Planned.make(planned.repository, "x=1", "model=small,large");
    const there = "model: {layers: 9, name: large}\nx: 1\nhost: theirs\n";
    expect(await stateOf(there)).toBe("done");
    expect(await stateOf(there.replace("9", "8"))).toBe("taken");
    expect(await stateOf(there.replace("x: 1", "x: 2"))).toBe("taken");
    expect(await stateOf(there.replace("host: theirs\n", ""))).toBe("taken");
  });

  test("not where folders beside them have some: then the values that overrides set", async () => {
    planned.repository.write({ "conf/config.yaml": "hydra: {searchpath: [more]}\nx: 1\nmodel: none\n" });
    planned.repository.commit("folders");
    planned = await Planned.make(planned.repository, "x=1", "model=small,large");
    expect(await stateOf("model: {layers: 7}\nx: 1\n")).toBe("done");
    expect(await stateOf("model: {layers: 7}\nx: 2\n")).toBe("taken");
  });
});
