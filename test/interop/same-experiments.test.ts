/** Both tools run the same from the same baseline: the commits say the same, and so do the files in them. */
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { manyPipelines } from "./many-pipelines.ts";
import { copyRepository, describeWithDvc, dvc, expectSameExperiment } from "./peers.ts";

describeWithDvc("the same experiments", () => {
  let ours: Repository;
  let theirs: Repository;

  const runBoth = async (...args: string[]) => {
    await Promise.all([ours.succeed(args), dvc(theirs, ...args)]);
  };
  const commitBoth = () => {
    for (const file of ["params.yaml", "work/params.yaml"]) theirs.write({ [file]: ours.read(file) });
    ours.commit("results");
    theirs.git("fetch", "--quiet", ours.folder, "HEAD");
    theirs.git("reset", "--quiet", "FETCH_HEAD");
    expect(theirs.git("status", "--porcelain")).toBe("");
  };
  const expectSame = (name: string) => expectSameExperiment(ours, theirs, name);

  beforeAll(() => {
    ours = makeRepository({ files: manyPipelines });
    // Dependencies that Git does not know: a commit gets the first, and never the second, which Git ignores.
    ours.write({ "lib/new.sh": "echo new\n", "lib/key.private": "secret\n" });
    theirs = copyRepository(ours);
  });

  test("all stages, in the workspace", async () => {
    await runBoth("exp", "run", "--name", "first", "--set-param", "train.lr=0.1");
    expectSame("first");
    expect(ours.git("status", "--porcelain")).toBe(theirs.git("status", "--porcelain"));
  });

  test("no stage, with untracked results lying there", async () => {
    await runBoth("exp", "run", "--name", "again");
    expectSame("again");
  });

  test("a stage in a sub-folder with a working folder of its own", async () => {
    await runBoth("exp", "run", "--name", "sub", "--set-param", "work/params.yaml:depth=2", "one/dvc.yaml");
    expectSame("sub");
  });

  test("some stages, in the workspace", async () => {
    commitBoth();
    await runBoth("exp", "run", "--name", "some", "--set-param", "train.lr=0.2");
    expectSame("some");
  });

  test("stages restored from the run-cache", async () => {
    await runBoth("exp", "run", "--name", "restored", "--set-param", "train.lr=0.1", "--set-param", "prepare.rows=3");
    expectSame("restored");
  });

  test("forced, one target", async () => {
    await runBoth("exp", "run", "--force", "--name", "forced", "prepare");
    expectSame("forced");
  });

  test("a copy of the workspace", async () => {
    await runBoth("exp", "run", "--temp", "--name", "temp", "--set-param", "config/model.json:deep.rate=0.5");
    expectSame("temp");
    await runBoth("exp", "run", "--temp", "--name", "temp-sub", "-S", "work/params.yaml:depth=3", "one/dvc.yaml");
    expectSame("temp-sub");
  });

  test("a sweep, from the queue", async () => {
    const points = ["train.lr=0.1,0.3", "names=[x]"];
    await Promise.all([
      ours.succeed(["sweep", "--name", "grid", ...points, "--jobs", "2"]),
      dvc(theirs, "exp", "run", "--queue", "--name", "grid", ...points.flatMap((text) => ["-S", text])),
    ]);
    await dvc(theirs, "exp", "run", "--run-all", "--jobs", "2");
    for (const point of [1, 2]) expectSame(`grid-${point}`);
  });
});
