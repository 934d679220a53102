import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { openReaders, readWorkspace } from "../../../src/experiments/reading/load-revisions.ts";
import type { FileResult } from "../../../src/experiments/reading/types.ts";
import { run, type TestProject, testProject } from "../../pipeline/project.ts";

async function metricsOf({ project }: TestProject): Promise<ReadonlyMap<string, FileResult> | undefined> {
  const readers = await openReaders(project);
  return (await readWorkspace(project, readers, { kind: "tracked", params: "all" })).data?.metrics;
}

async function withMetrics(name: string, cache: boolean): Promise<TestProject> {
  const train = { cmd: "mkdir -p m && echo '{\"acc\": 1}' > m/a.json", metrics: [{ [name]: { cache } }] };
  const project = testProject({ "dvc.yaml": JSON.stringify({ stages: { train } }) });
  await run(project);
  rmSync(project.file("m"), { recursive: true });
  return project;
}

const acc = { kind: "data", data: new Map([["acc", 1n]]) };

test("metrics that are not in the workspace come from the cache", async () => {
  expect(await metricsOf(await withMetrics("m", true))).toEqual(new Map([["m/a.json", acc]]));
  expect(await metricsOf(await withMetrics("m/a.json", true))).toEqual(new Map([["m/a.json", acc]]));
});

test("a folder that the cache lacks too is an error of that name alone", async () => {
  const project = await withMetrics("m/", true);
  rmSync(project.file(".dvc/cache"), { recursive: true });
  expect(await metricsOf(project)).toEqual(
    new Map([
      ["m", { kind: "error", type: "IsADirectoryError", message: "'m' is a folder, and its files are not here" }],
    ]),
  );
});

test("metrics that Git keeps and that are gone are not those of an earlier run", async () => {
  const metrics = await metricsOf(await withMetrics("m/a.json", false));
  expect(metrics?.get("m/a.json")).toMatchObject({ kind: "error", type: "FileNotFoundError" });
});
