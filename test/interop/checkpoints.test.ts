/**
 * The real `dvc.api.make_checkpoint` of DVC 2.58 drives our checkpoints; the real DVC 3 shows and applies the last one.
 * DVCLive 3 makes some by its steps. SWEEPLINE_DVCLIVE names a virtual environment with dvclive, SWEEPLINE_DVC2 one with dvc 2.58.2 (and pathspec 0.11.2, pygit2 1.13.3, dulwich 0.21.7).
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { describeWithDvc, dvc } from "./peers.ts";

const { SWEEPLINE_DVC2: dvc2, SWEEPLINE_DVCLIVE: live } = process.env;

const pipeline = (metrics: string) =>
  `stages:
  train:
    cmd: python train.py
    deps: [train.py]
    params: [epochs]
    outs:
      - model.txt: {checkpoint: true}
    metrics:
      - ${metrics}: {cache: false}
`;

const byDvc = `import json, os
from dvc.api import make_checkpoint
done = int(open("model.txt").read()) if os.path.exists("model.txt") else 0
for epoch in range(done + 1, 4):
    open("model.txt", "w").write(str(epoch))
    json.dump({"epoch": epoch}, open("metrics.json", "w"))
    make_checkpoint()
`;

function makeTraining(script: string, metrics: string): Repository {
  return makeRepository({
    files: { "params.yaml": "epochs: 3\n", "dvc.yaml": pipeline(metrics), "train.py": script },
  });
}

/** With the Python of that environment first on PATH. */
const withPython = (repository: Repository, environment: string | undefined) => ({
  env: { PATH: `${path.join(environment ?? "", "bin")}${path.delimiter}${repository.env.PATH}` },
});

async function epochsOf(repository: Repository, name: string): Promise<readonly (string | undefined)[]> {
  const rows = (await repository.succeed(["exp", "curve", name, "--csv"])).trim().split("\r\n");
  return rows.slice(1).map((row) => row.split(",")[3]);
}

describe.skipIf(dvc2 === undefined)("trainings written for DVC 2 (skipped without SWEEPLINE_DVC2)", () => {
  test("make_checkpoint registers each epoch, here and in a copy", async () => {
    const repository = makeTraining(byDvc, "metrics.json");
    await repository.succeed(["exp", "run", "-n", "here"], withPython(repository, dvc2));
    await repository.succeed(["exp", "run", "--temp", "-n", "copy"], withPython(repository, dvc2));
    for (const name of ["here", "copy"]) expect(await epochsOf(repository, name)).toEqual(["1", "2", "3"]);
  });
});

const byLive = `from dvclive import Live
import time
with Live(save_dvc_exp=False, report=None) as live:
    for epoch in range(4):
        open("model.txt", "w").write(str(epoch))
        live.log_metric("loss", 1 / (epoch + 1))
        live.next_step()
        time.sleep(0.5)
`;

describe.skipIf(live === undefined)("DVCLive 3 (skipped without SWEEPLINE_DVCLIVE)", () => {
  test("every second step is a checkpoint", async () => {
    const repository = makeTraining(byLive, "dvclive/metrics.json");
    const run = ["exp", "run", "--temp", "-n", "live", "--checkpoint-every", "2"];
    await repository.succeed(run, withPython(repository, live));
    expect((await epochsOf(repository, "live")).slice(0, 2)).toEqual(["0.5", "0.25"]);
  });
});

/** A chain as DVC 2 left them: a commit a checkpoint with its lock file and metrics, the model in the cache, a ref at the last. */
function makeOldChain(): Repository {
  const repository = makeTraining("", "metrics.json");
  repository.write({ ".gitignore": "/model.txt\n" });
  repository.commit("without the model");
  const baseline = repository.git("rev-parse", "HEAD");
  let parent = baseline;
  for (const epoch of [1, 2, 3]) {
    const md5 = createHash("md5").update(`${epoch}`).digest("hex");
    repository.write({
      [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: `${epoch}`,
      "metrics.json": `{"epoch": ${epoch}}\n`,
      "dvc.lock": `schema: '2.0'\nstages:\n  train:\n    cmd: python train.py\n    params:\n      params.yaml:\n        epochs: 3\n    outs:\n    - path: model.txt\n      hash: md5\n      md5: ${md5}\n      size: 1\n`,
    });
    repository.git("add", "--all");
    parent = repository.git("commit-tree", repository.git("write-tree"), "-p", parent, "-m", "checkpoint");
  }
  repository.git("update-ref", `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/old-1`, parent);
  repository.git("reset", "--quiet", "--hard");
  return repository;
}

describeWithDvc("chains of DVC 2 with notes and tags", () => {
  let made: Repository;

  beforeAll(async () => {
    made = makeOldChain();
    await made.succeed(["exp", "note", "old-1", "kept since 2022"]);
    await made.succeed(["exp", "tag", "old-1", "paper"]);
  });

  test("by ours: listed, shown, found, compared, applied, renamed, branched and removed", async () => {
    const repository = made.copy();
    expect(await repository.succeed(["exp", "list", "--name-only"])).toBe("old-1\n");
    const rows = (await repository.succeed(["exp", "show", "--csv"])).split("\r\n").map((row) => row.split(",")[2]);
    expect(rows.filter((type) => type?.startsWith("checkpoint"))).toEqual([
      "checkpoint_tip",
      "checkpoint_commit",
      "checkpoint_base",
    ]);
    expect(await repository.succeed(["exp", "list", "--name-only", "--where", "'paper' in tags"])).toBe("old-1\n");
    const commits = repository.git("rev-list", "--max-count=2", repository.experimentRefs()[0] ?? "").split("\n");
    const diff = JSON.parse(await repository.succeed(["exp", "diff", commits[1] ?? "", "old-1", "--json"]));
    expect(diff.metrics).toEqual({ "metrics.json": { epoch: { old: 2, new: 3, diff: 1 } } });
    await repository.succeed(["exp", "apply", "old-1"]);
    expect(repository.read("model.txt")).toBe("3");
    await repository.succeed(["exp", "rename", "old-1", "new-1"]);
    expect(await repository.succeed(["exp", "tag", "new-1"])).toBe("paper\n");
    await repository.succeed(["exp", "branch", "new-1", "kept"]);
    expect(repository.git("rev-parse", "kept")).toBe(commits[0]);
    await repository.succeed(["exp", "remove", "new-1"]);
    expect([repository.experimentRefs(), repository.git("for-each-ref", "refs/sweepline")]).toEqual([[], ""]);
  });

  test("by DVC 3: listed, compared, applied, branched, renamed with the note, and removed", async () => {
    const repository = made.copy();
    expect(await dvc(repository, "exp", "list", "--name-only")).toContain("old-1");
    expect(JSON.parse(await dvc(repository, "exp", "diff", "HEAD", "old-1", "--json")).metrics).toMatchObject({
      "metrics.json": { epoch: { new: 3 } },
    });
    await dvc(repository, "exp", "apply", "old-1");
    expect(repository.read("model.txt")).toBe("3");
    repository.git("reset", "--quiet", "--hard");
    await dvc(repository, "exp", "branch", "old-1", "kept");
    expect(repository.git("rev-parse", "kept")).toBe(repository.git("rev-parse", repository.experimentRefs()[0] ?? ""));
    await dvc(repository, "exp", "rename", "old-1", "new-1");
    expect(JSON.parse(await repository.succeed(["exp", "note", "new-1", "--json"]))).toMatchObject({
      text: "kept since 2022",
      tags: ["paper"],
    });
    await dvc(repository, "exp", "remove", "new-1");
    expect(repository.experimentRefs()).toEqual([]);
  });
});

describeWithDvc("checkpoints in DVC 3", () => {
  test("it shows and applies the last one", async () => {
    const ask = `signal="$DVC_ROOT/.dvc/tmp/DVC_CHECKPOINT"; : > "$signal"; while [ -e "$signal" ]; do sleep 0.01; done`;
    const epoch = (number: number) => `echo ${number} > model.txt; echo '{"epoch": ${number}}' > metrics.json; ${ask}`;
    const repository = makeTraining("", "metrics.json");
    repository.write({
      "dvc.yaml": pipeline("metrics.json").replace("python train.py", "sh train.sh"),
      "train.sh": `${epoch(1)}\n${epoch(2)}\n`,
    });
    repository.commit("in shell");
    await repository.succeed(["exp", "run", "--temp", "-n", "c"]);
    const tip = repository.git("rev-parse", "--short=7", repository.experimentRefs()[0] ?? "");
    const rows = (await dvc(repository, "exp", "show", "--csv")).split(/\r?\n/).filter((row) => row.startsWith("c,"));
    expect(rows).toEqual([expect.stringMatching(new RegExp(`^c,${tip},branch_base,[^,]*,,2,3,`))]);
    await dvc(repository, "exp", "apply", "c");
    expect(repository.read("model.txt")).toBe("2\n");
  });
});
