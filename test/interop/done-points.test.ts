/** A point that DVC ran is done: a sweep does not run it again. */
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { manyPipelines } from "./many-pipelines.ts";
import { describeWithDvc, dvc, experiments } from "./peers.ts";

describeWithDvc("points that DVC ran", () => {
  let repository: Repository;

  beforeAll(async () => {
    repository = makeRepository({ files: manyPipelines });
    await dvc(repository, "exp", "run", "--name", "here", "-S", "train.lr=0.1", "-S", "names=[x]");
    // Back to the baseline; the results stay, untracked and ignored ones too.
    repository.git("checkout", "--quiet", "--", "params.yaml");
    await dvc(repository, "exp", "run", "--temp", "--name", "temp", "-S", "train.lr=0.2", "-S", "names=[x]");
    // Only a part of the pipeline, so the point is not done.
    await dvc(repository, "exp", "run", "--temp", "--name", "part", "-S", "train.lr=0.3", "-S", "names=[x]", "train");
  });

  test("are left alone by the queue", async () => {
    const said = await repository.succeed(["exp", "run", "--queue", "-S", "train.lr=0.1,0.2", "-S", "names=[x]"]);
    expect(said).toContain("2 already done (here, temp)");
    expect(repository.git("for-each-ref", "refs/exps/celery")).toBe("");
  });

  test("are part of a sweep without being run again", async () => {
    const before = experiments(repository);
    const said = await repository.succeed(["sweep", "--name", "grid", "train.lr=0.1,0.2,0.3", "names=[x]"]);
    expect(said).toContain("3 points, 1 new");
    expect(new Map([...experiments(repository)].filter(([name]) => before.has(name)))).toEqual(before);
    expect([...experiments(repository).keys()].sort()).toEqual(["grid-1", "here", "part", "temp"]);
  });
});
