/** exp export: what other programs read. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parquetReadObjects } from "hyparquet";
import { beforeAll, expect, it } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { RecordingServer } from "../../rig/recording-server.ts";
import { makeExperimentRepository } from "../exp-project.ts";

interface RunTimes {
  readonly startedAt: number;
  readonly elapsedMs: number;
}

let made: Repository;
let sweep: string;

beforeAll(async () => {
  made = makeExperimentRepository({ "params.yaml": "x: 1\nname: a\nlist: [1, 2]\nrate: 0.5\n" });
  await made.succeed(["sweep", "-n", "s", "x=5,6"]);
  await made.succeed(["exp", "tag", "s-1", "good"]);
  const shown = JSON.parse(await made.succeed(["sweep", "list", "--json"])) as { id: string }[];
  sweep = shown[0]?.id ?? "";
});

it("writes a row an experiment into a Parquet file, with types", async () => {
  expect(await made.succeed(["exp", "export", "--parquet", "../all.parquet"])).toBe(
    "Exported 2 experiments to '../all.parquet'.\n",
  );
  const bytes = readFileSync(path.join(made.root, "all.parquet"));
  const file = new Uint8Array(bytes).buffer;
  const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
  rows.sort((a, b) => String(a.experiment).localeCompare(String(b.experiment)));
  expect(rows).toMatchObject([
    {
      experiment: "s-1",
      sweep,
      tags: "good",
      "params.x": 5n,
      "params.rate": 0.5,
      "params.list": "[1, 2]",
      "metrics.score": 5n,
    },
    { experiment: "s-2", sweep, tags: null, "params.name": "a", "metrics.score": 6n },
  ]);
  expect(rows[0]?.created).toBeInstanceOf(Date);
});

it("writes metrics and parameters in the format of OpenMetrics", async () => {
  await made.succeed(["exp", "export", "--openmetrics", "../metrics.txt", "--where", "x == 6"]);
  const text = readFileSync(path.join(made.root, "metrics.txt"), "utf8");
  expect(text).toMatch(/^# TYPE sweepline_metric gauge\n/);
  expect(text).toMatch(/\nsweepline_metric\{experiment="s-2",.*metric="score"\} 6\.0 \d+\n/);
  expect(text).not.toContain('"s-1"');
  expect(text.endsWith("# EOF\n")).toBe(true);
});

it("writes runs of MLflow into a folder, below one for the sweep, each once", async () => {
  const said = await made.succeed(["exp", "export", "--mlflow", "../mlruns", "--json"]);
  expect(JSON.parse(said)).toEqual({ experiments: 2, written: [{ to: "../mlruns", runs: 3 }] });
  const top = path.join(made.root, "mlruns");
  const [experiment = ""] = readdirSync(top);
  const runs = readdirSync(path.join(top, experiment)).filter((name) => name !== "meta.yaml");
  const read = (run: string, ...parts: string[]) => readFileSync(path.join(top, experiment, run, ...parts), "utf8");
  const child = runs.find(
    (run) => existsSync(path.join(top, experiment, run, "params/x")) && read(run, "params/x") === "6",
  );
  expect(read(child ?? "", "metrics/score")).toMatch(/^\d+ 6\.0 0\n$/);
  const parent = read(child ?? "", "tags/mlflow.parentRunId");
  expect(runs).toContain(parent);
  // How long each took, and the sweep from its first run to the end of its last one.
  const times = runs.map((run) =>
    ["start_time", "end_time"].map((name) =>
      Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(read(run, "meta.yaml"))?.[1]),
    ),
  );
  const ofRuns = times.filter((_, at) => runs[at] !== parent);
  expect(times[runs.indexOf(parent)]).toEqual([
    Math.min(...ofRuns.map(([start = NaN]) => start)),
    Math.max(...ofRuns.map(([, end = NaN]) => end)),
  ]);
  const record = JSON.parse(made.read(".dvc/tmp/exps/sweepline/runs/0000000001-s-1/record.json")) as RunTimes;
  expect(ofRuns).toContainEqual([record.startedAt, record.startedAt + record.elapsedMs]);
  const again = await made.succeed(["exp", "export", "--mlflow", "../mlruns", "--json"]);
  expect(JSON.parse(again)).toMatchObject({ written: [{ runs: 0 }] });
});

it("knows how long a run of the workspace took, too", async () => {
  const repository = made.copy();
  await repository.succeed(["exp", "run", "-n", "here", "-S", "x=9"]);
  await repository.succeed(["exp", "export", "--mlflow", "runs", "--where", "name == 'here'"]);
  const metas = readdirSync(path.join(repository.folder, "runs"), { recursive: true }).filter((file) =>
    /\d+.[0-9a-f]{32}.meta\.yaml$/.test(String(file)),
  );
  expect(metas.map((file) => repository.read(`runs/${String(file)}`))).toEqual([
    expect.stringMatching(/^end_time: \d+$/m),
  ]);
});

it("refuses a place of MLflow that is none", async () => {
  for (const place of ["", "http://", "https:"]) {
    const { exitCode, stderr } = await made.run(["exp", "export", "--mlflow", place]);
    expect([place, exitCode, stderr]).toEqual([place, 254, expect.stringContaining("neither a folder nor")]);
  }
});

it("gives runs to a server of MLflow, and says what it answers where it takes none", async () => {
  let created = 0;
  const server = await RecordingServer.start((response, { path: called }) => {
    if (called.endsWith("runs/create")) response.end(JSON.stringify({ run: { info: { run_id: `r${++created}` } } }));
    else if (called.endsWith("experiments/create")) response.end('{"experiment_id": "7"}');
    else response.end("{}");
  });
  try {
    await made.succeed(["exp", "export", "--mlflow", server.url], { env: { MLFLOW_TRACKING_TOKEN: "kept" } });
    const calls = server.posts.map((posted) => posted.path.replace("/api/2.0/mlflow/", ""));
    expect(calls.slice(0, 4)).toEqual(["experiments/search", "experiments/create", "runs/search", "runs/create"]);
    expect(server.posts[0]?.headers.authorization).toBe("Bearer kept");
    const child = server.posts.find(({ body }) => body.run_name === "s-1");
    expect(child?.body.tags).toContainEqual({ key: "mlflow.parentRunId", value: "r1" });
    server.answer((response) => response.writeHead(403).end('{"message": "not yours"}'));
    const refused = await made.run(["exp", "export", "--mlflow", server.url, "-v"]);
    expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("the server says 403 not yours")]);
    expect(refused.stderr).toContain("MLFLOW_FAILED");
  } finally {
    server.close();
  }
});
