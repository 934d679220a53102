/**
 * The real `dvc.api.make_checkpoint` of DVC 2.58 drives our checkpoints; the real DVC 3 shows and applies the last one.
 * DVCLive 3 makes some by its steps. SWEEPLINE_DVCLIVE names a virtual environment with dvclive, SWEEPLINE_DVC2 one with dvc 2.58.2 (and pathspec 0.11.2, pygit2 1.13.3, dulwich 0.21.7).
 */
import path from "node:path";
import { describe, expect, test } from "vitest";
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
