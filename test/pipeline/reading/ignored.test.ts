import { describe, expect, test } from "vitest";
import { addPaths } from "../../../src/pipeline/data/add.ts";
import { addStage } from "../../../src/pipeline/edit/edit-file.ts";
import { loadProjectStages } from "../../../src/pipeline/reading/project-stages.ts";
import { openCache } from "../../../src/store/cache.ts";
import { type Files, testProject } from "../project.ts";

function stages(outs: readonly string[], more: Files = {}) {
  return { "dvc.yaml": JSON.stringify({ stages: { a: { cmd: "true", outs } } }), ...more };
}

describe("a dvc.lock that Git ignores is refused, whether it is there or not", () => {
  test.each<[string, Files]>([
    ["by a pattern", { ".gitignore": "*.lock\n" }],
    ["by its folder's file", { ".gitignore": "/dvc.lock\n", "dvc.lock": "schema: '2.0'\nstages: {}\n" }],
    ["by .git/info/exclude", { ".git/info/exclude": "dvc.lock\n" }],
  ])("%s", async (_, files) => {
    const { project } = testProject(stages(["o"], files));
    await expect(loadProjectStages(project)).rejects.toMatchObject({
      code: "GIT_IGNORED",
      message: "'dvc.lock' is git-ignored.",
    });
  });

  test("but not where a later line takes it back, and not of folders with .dvc files alone", async () => {
    const { project } = testProject(
      stages(["o"], { ".gitignore": "*.lock\n!dvc.lock\n", "sub/.gitignore": "*.lock\n" }),
    );
    expect((await loadProjectStages(project)).stages).toHaveLength(1);
  });
});

test("what would be written to an ignored file is refused before anything is read", async () => {
  const { project, root, has } = testProject({ ".gitignore": "*.dvc\n/s/dvc.yaml\n", d: "1\n", "s/x": "1\n" });
  const request = { project, folder: root, cache: openCache(project), targets: ["d"], data: "commit" } as const;
  await expect(addPaths(request)).rejects.toMatchObject({ code: "GIT_IGNORED", message: "'d.dvc' is git-ignored." });
  expect(has("d.dvc") || has(".dvc/cache")).toBe(false);
  const stage = { name: "a", cmd: "true", deps: [], params: [], outs: [], alwaysChanged: false };
  await expect(addStage(project, { folder: `${root}/s`, stage, existing: "refuse" })).rejects.toMatchObject({
    code: "GIT_IGNORED",
  });
  expect(has("s/dvc.yaml")).toBe(false);
});

describe("outputs that .dvcignore ignores", () => {
  test.each<[string, string, Files]>([
    ["models", "models", {}],
    ["models/", "models/", {}],
    ["models/", "models", { "models/x": "1" }],
    ["*.bin", "./deep/x.bin", {}],
    ["deep", "deep/x", {}],
  ])("%s and %s", async (line, output, files) => {
    const { project } = testProject(stages([output], { ".dvcignore": `${line}\n`, ...files }));
    await expect(loadProjectStages(project)).rejects.toMatchObject({ code: "IGNORED" });
  });

  test.each<[string, string, Files]>([
    ["models/", "models", { models: "a file" }],
    ["models\n!models", "models", {}],
    ["other", "models", {}],
  ])("%j leaves %s alone", async (line, output, files) => {
    const { project } = testProject(stages([output], { ".dvcignore": `${line}\n`, ...files }));
    expect((await loadProjectStages(project)).stages).toHaveLength(1);
  });

  test("of .dvc files too; dependencies may be ignored", async () => {
    const data = "outs:\n- md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n  path: d\n";
    const { project, write } = testProject({ ".dvcignore": "d\n", "d.dvc": data });
    await expect(loadProjectStages(project)).rejects.toMatchObject({ code: "IGNORED" });
    write({ ".dvcignore": "in\n", in: "1", "dvc.yaml": "stages:\n  a:\n    cmd: 'true'\n    deps: [in]\n" });
    expect((await loadProjectStages(project)).stages).toHaveLength(2);
  });
});
