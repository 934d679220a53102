/**
 * MLflow and pandas read what `exp export` writes. SWEEPLINE_MLFLOW names a virtual environment with mlflow-skinny, what MLflow's
 * server needs beside it, pandas and pyarrow.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder, type Repository, scriptStage } from "../../rig/index.ts";
import { type Server, startServer } from "../../rig/servers.ts";

const python = path.join(process.env.SWEEPLINE_MLFLOW ?? "", "bin", "python");

const runsOf = `import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient(tracking_uri=sys.argv[1])
told = []
for experiment in client.search_experiments():
    for run in client.search_runs([experiment.experiment_id]):
        told.append({"name": run.info.run_name, "status": run.info.status, "start": run.info.start_time, "end": run.info.end_time, "params": run.data.params,
            "metrics": run.data.metrics, "tags": run.data.tags, "id": run.info.run_id, "experiment": experiment.name})
best = client.search_runs([e.experiment_id for e in client.search_experiments()], filter_string="metrics.loss < 0.3")
print(json.dumps({"runs": told, "best": [run.info.run_name for run in best]}))`;

interface ReadRun {
  readonly id: string;
  readonly name: string;
  readonly experiment: string;
  readonly status: string;
  readonly start: number;
  readonly end: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
}

const typesOf = `import json, sys
import pandas
read = pandas.read_parquet(sys.argv[1])
print(json.dumps({"rows": len(read), "types": {name: str(read[name].dtype) for name in read.columns}}))`;

function answer(script: string, place: string): unknown {
  // A folder is what MLflow 3 reads only where it is told to.
  const env = { ...process.env, MLFLOW_ALLOW_FILE_STORE: "true", MLFLOW_DISABLE_TELEMETRY: "true" };
  return JSON.parse(execFileSync(python, ["-W", "ignore", "-c", script, place], { encoding: "utf8", env }));
}

/** A real server of MLflow that keeps its runs in SQLite. */
function serveMlflow(): Promise<Server> {
  const folder = makeTemporaryFolder();
  const store = ["--backend-store-uri", `sqlite:///${folder}/runs.db`, "--artifacts-destination", folder];
  const args = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", "0", "--workers", "1", ...store];
  const env = { MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" };
  return startServer(python, args, { folder, env });
}

describe.skipIf(process.env.SWEEPLINE_MLFLOW === undefined)("exported (skipped without SWEEPLINE_MLFLOW)", () => {
  let made: Repository;

  beforeAll(async () => {
    made = makeRepository({
      files: {
        "params.yaml": `lr: 1\nmodel:\n  name: "a: 'b' é"\n  layers: [1, 2]\n  text: "two\\nlines"\n  none: null\n`,
        "dvc.yaml": scriptStage("train", "train.sh").replace(/params:[\s\S]*?(?=\n {4}\w|$)/, "params: [lr, model]"),
        "train.sh": `lr=$(sed -n 's/^lr: //p' params.yaml)
echo "{\\"loss\\": 0.$((lr + 1)), \\"n\\": 3, \\"ok\\": true, \\"kind\\": \\"x\\", \\"top: 5/%\\": {\\"acc\\": 1e-9}}" > m.json
cp params.yaml out.txt
`,
        ".gitignore": "/out.txt\n",
      },
    });
    await made.succeed(["sweep", "-n", "s", "lr=1,2"]);
    await made.succeed(["exp", "note", "s-1", "the first"]);
    await made.succeed(["exp", "star", "s-1"]);
    rmSync(path.join(made.folder, ".dvc/tmp/exps/sweepline/runs/0000000002-s-2"), { recursive: true });
  });

  /** What MLflow reads at a place after an export to it. */
  function expectRuns(place: string): void {
    const { runs, best } = answer(runsOf, place) as { runs: ReadRun[]; best: string[] };
    expect(best).toEqual(["s-1"]);
    expect(runs).toHaveLength(3);
    const first = runs.find(({ name }) => name === "s-1");
    const sweep = runs.find(({ name }) => name !== "s-1" && name !== "s-2");
    const [ref = ""] = made.experimentRefs().filter((each) => each.endsWith("/s-1"));
    expect(first).toMatchObject({
      status: "FINISHED",
      params: {
        lr: "1",
        "model.name": "a: 'b' é",
        "model.layers": "[1, 2]",
        "model.none": expect.any(String) as string,
      },
      metrics: { loss: 0.2, n: 3, "top_ 5__.acc": 1e-9 },
      tags: {
        "mlflow.parentRunId": sweep?.id,
        "mlflow.source.git.commit": made.git("rev-parse", ref).trim(),
        "mlflow.source.name": path.basename(made.folder),
        "mlflow.note.content": "the first",
        "sweepline.starred": "true",
      },
    });
    const { startedAt, elapsedMs } = JSON.parse(
      made.read(`.dvc/tmp/exps/sweepline/runs/0000000001-s-1/record.json`),
    ) as { readonly startedAt: number; readonly elapsedMs: number };
    expect([first?.start, first?.end]).toEqual([startedAt, startedAt + elapsedMs]);
    // Of s-2 nobody knows any more how long it took: its commit says when it was made.
    const second = runs.find(({ name }) => name === "s-2");
    const [other = ""] = made.experimentRefs().filter((each) => each.endsWith("/s-2"));
    expect([second?.start, second?.end]).toEqual([
      1000 * Number(made.git("show", "--no-patch", "--format=%ct", other)),
      null,
    ]);
    expect([sweep?.start, sweep?.end]).toEqual([Math.min(startedAt, second?.start ?? 0), null]);
  }

  test("MLflow reads the runs of a folder: parameters, metrics, times, the sweep above them", async () => {
    await made.succeed(["exp", "export", "--mlflow", "../mlruns"]);
    expectRuns(path.join(made.root, "mlruns"));
  });

  test("MLflow's server takes the same runs, each once", async () => {
    const url = `http://127.0.0.1:${(await serveMlflow()).port}`;
    const exported = async () =>
      JSON.parse(await made.succeed(["exp", "export", "--mlflow", url, "--json"])) as unknown;
    expect(await exported()).toEqual({ experiments: 2, written: [{ to: url, runs: 3 }] });
    expect(await exported()).toMatchObject({ written: [{ runs: 0 }] });
    expectRuns(url);
  });

  test("pandas reads a row an experiment, with types", async () => {
    await made.succeed(["exp", "export", "--parquet", "../all.parquet"]);
    expect(answer(typesOf, path.join(made.root, "all.parquet"))).toMatchObject({
      rows: 2,
      types: {
        created: "datetime64[ms, UTC]",
        "params.lr": "int64",
        "metrics.loss": "float64",
        "metrics.n": "int64",
        "metrics.ok": expect.stringMatching(/^bool|object$/) as string,
      },
    });
  });
});
