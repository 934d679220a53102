/** One dvc.yaml read alone says what the reading of the whole project says of it. */
import path from "node:path";
import { expect, test } from "vitest";
import { pipelineNamesAt } from "../../../src/pipeline/reading/pipeline-at.ts";
import { openProject } from "../../../src/project/open.ts";
import { type Files, makeRepository } from "../../rig/index.ts";

function namesIn(files: Files, folder = "") {
  const repository = makeRepository({ git: false, files });
  return pipelineNamesAt(openProject(repository.folder, repository.env), path.join(repository.folder, folder));
}

test("stages with their groups, and metrics wherever they are named", async () => {
  const stages = `stages:
  each:
    foreach: [a, b]
    do:
      cmd: echo \${item}
  last:
    wdir: sub
    cmd: echo
    metrics:
    - m.json:
        cache: false
metrics:
- top.json
`;
  expect(await namesIn({ "dvc.yaml": stages })).toEqual({
    stages: ["each", "each@a", "each@b", "last"],
    metrics: expect.arrayContaining(["sub/m.json", "top.json"]),
  });
});

test("of a folder below, relative to the project", async () => {
  const stage = "stages:\n  one:\n    cmd: echo\n    metrics: [m.json]\n";
  expect(await namesIn({ "in/dvc.yaml": stage }, "in")).toEqual({ stages: ["one"], metrics: ["in/m.json"] });
  expect(await namesIn({ "in/dvc.yaml": stage })).toEqual({ stages: [], metrics: [] });
});

test.each(["stages: [\n", "stages:\n  one: {nothing: 1}\n", "- list\n", ""])(
  "no names where it can't be read: %j",
  async (text) => {
    expect(await namesIn({ "dvc.yaml": text })).toEqual({ stages: [], metrics: [] });
  },
);
