/** Points that DVC ran, beside which a sweep is queued: what they cost, and that they are known. */
import { describe, expect, test } from "vitest";
import { gitProcesses, manyExperiments } from "../../rig/many.ts";

describe("experiments that DVC made", () => {
  test("cost no git process each, when queueing, running and saving", async () => {
    const few = manyExperiments(3);
    const many = manyExperiments(300);
    for (const args of [
      ["exp", "run", "--queue", "-S", "x=1000"],
      ["exp", "run", "--queue", "-S", "x=1001,1002"],
      ["exp", "run", "-S", "x=1003"],
      ["exp", "save", "-n", "saved"],
    ])
      expect([args, await gitProcesses(many, args)]).toEqual([args, await gitProcesses(few, args)]);
  });

  test("are known by what their trees hold, also from memory", async () => {
    const repository = manyExperiments(3);
    for (const _again of [1, 2])
      expect(await repository.succeed(["exp", "run", "--queue", "-S", "x=2,3"])).toContain("2 already done (e2, e3)");
  });

  test("are worked out anew where the pipeline is another one", async () => {
    const repository = manyExperiments(2);
    expect(await repository.succeed(["exp", "run", "--queue", "-S", "x=2"])).toContain("1 already done (e2)");
    repository.write({ "dvc.yaml": repository.read("dvc.yaml").replace("echo", "echo 2") });
    expect(await repository.succeed(["exp", "run", "--queue", "-S", "x=2"])).not.toContain("already done");
  });
});
