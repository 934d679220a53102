/** `exp diff` of several, `exp compare` and `exp effects`, through the binary. */
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

let repository: Repository;

beforeAll(() => {
  repository = makeRepository({
    files: {
      "params.yaml": "lr: 0.1\nfixed: 7\n",
      "metrics.json": '{"acc": 0.5}\n',
      "dvc.yaml":
        "stages:\n  train:\n    cmd: sh train.sh\n    params:\n    - lr\n    metrics:\n    - metrics.json:\n        cache: false\n",
    },
  });
  const head = repository.git("rev-parse", "HEAD");
  for (const at of [1, 2, 3]) {
    repository.write({ "params.yaml": `lr: 0.${at + 1}\nfixed: 7\n`, "metrics.json": `{"acc": 0.${at + 5}}\n` });
    repository.git("add", "--all");
    const commit = repository.git("commit-tree", repository.git("write-tree"), "-p", head, "-m", "e");
    repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/e${at}`, commit);
  }
  repository.git("reset", "--quiet", "--hard");
});

test("a diff of three has a column for each, and no changes", async () => {
  expect(await repository.succeed(["exp", "diff", "HEAD", "e1", "e3"])).toBe(
    "Path          Metric    HEAD    e1    e3\nmetrics.json  acc       0.5     0.6   0.8\n" +
      "\nPath         Param    HEAD    e1    e3\nparams.yaml  lr       0.1     0.2   0.4\n",
  );
  const json = await repository.succeed(["exp", "diff", "--json", "--where", "acc > 0.6"]);
  expect(JSON.parse(json).metrics).toEqual({ "metrics.json": { acc: { e3: 0.8, e2: 0.7 } } });
  const refused = await repository.run(["exp", "diff", "HEAD", "e1", "nosuch"]);
  expect(refused.exitCode).toBe(255);
  expect(refused.stderr).toContain("failed to show experiments diff - unknown Git revision 'nosuch'");
});

test("compare shows metrics beside the parameters that differ", async () => {
  const text = await repository.succeed(["exp", "compare", "e1", "e2", "workspace"]);
  expect(
    text
      .split("\n")
      .slice(1, 6)
      .map((line) => line.trim().split(/ +/)),
  ).toEqual([
    ["Experiment", "acc", "lr"],
    [expect.stringMatching(/^─+$/)],
    ["e1", "0.6", "0.2"],
    ["e2", "0.7", "0.3"],
    ["workspace", "0.5", "0.1"],
  ]);
  const csv = await repository.succeed(["exp", "compare", "e1", "e2", "--csv", "--columns", "rev,fixed"]);
  expect(csv).toBe("Experiment,rev,fixed\r\ne1,e1,7\r\ne2,e2,7\r\n");
  const refused = await repository.run(["exp", "compare"]);
  expect(refused).toMatchObject({ exitCode: 255, stderr: expect.stringContaining("--where") });
});

test("effects of few points are counted, and no more is said than they tell", async () => {
  const text = await repository.succeed(["exp", "effects"]);
  expect(text).toContain("acc, more is better: 3 experiments\nThe importance of parameters needs 8 experiments");
  expect(text).toMatch(/^lr +0.2 +1 +0.6 /m);
  expect(JSON.parse(await repository.succeed(["exp", "effects", "--json", "--metric", "acc"]))).toMatchObject({
    points: 3,
  });
});
