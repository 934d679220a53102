/** What stages have written so far: told where it changed, and only then read. */
import { expect, test } from "vitest";
import { loadProjectStages } from "../../../src/pipeline/reading/project-stages.ts";
import { openProject } from "../../../src/project/open.ts";
import { MetricsWatch } from "../../../src/run/one/live-metrics.ts";
import { makeRepository } from "../../rig/index.ts";

test("metrics are told as they change; what is half written is left out", async () => {
  const repository = makeRepository({
    files: {
      "m.json": '{"old": 1}\n',
      "dvc.yaml": "stages:\n  a:\n    cmd: echo\n    metrics:\n    - m.json:\n        cache: false\n",
    },
  });
  const stages = await loadProjectStages(openProject(repository.folder));
  const watch = new MetricsWatch(stages);
  expect(await watch.look()).toBeUndefined();
  repository.write({ "m.json": '{"loss": 0.5, "step": 1}\n' });
  expect([...((await watch.look()) ?? [])]).toEqual([
    ["loss", 0.5],
    ["step", 1n],
  ]);
  expect(await watch.look()).toBeUndefined();
  repository.write({ "m.json": '{"loss": 0.4, "st' });
  expect(await watch.look()).toBeUndefined();
  repository.write({ "m.json": '{"loss": 0.25, "step": 2}\n' });
  expect((await watch.look())?.get("loss")).toBe(0.25);
});
