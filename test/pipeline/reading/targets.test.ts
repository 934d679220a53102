import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { loadProjectStages } from "../../../src/pipeline/reading/project-stages.ts";
import { chooseOutputsOrStages, chooseStages } from "../../../src/pipeline/reading/targets.ts";
import { testProject } from "../project.ts";

test.each([
  ["a/b", "a/dvc.yaml", "../dvc.yaml"],
  ["a/b", "dvc.yaml", "../../dvc.yaml"],
  ["a", "other/dvc.yaml", undefined],
])("in %s, with stages in %s, a stage's name is told with the file that has it", async (folder, file, named) => {
  const project = testProject({ [file]: "stages: {s: {cmd: x}}\n" });
  mkdirSync(project.file(folder), { recursive: true });
  const stages = await loadProjectStages(project.project);
  const request = { folder: project.file(folder), targets: ["s"], recursive: false, names: "exact" as const };
  const hint = named === undefined ? undefined : `The stages are in '${named}': go there (cd), or say ${named}:NAME`;
  for (const choose of [chooseStages, chooseOutputsOrStages])
    expect(() => choose(stages, request)).toThrow(expect.objectContaining({ code: "STAGE_FILE_MISSING", hint }));
});
