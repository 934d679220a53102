/** Lock entries as DVC 2 wrote them: no `hash: md5`, and the hash of a text is that of its lines without CR. */
import { createHash } from "node:crypto";
import path from "node:path";
import { expect, test } from "vitest";
import { removeTree } from "../../src/base/files.ts";
import { projectStatus } from "../../src/pipeline/ask/status.ts";
import { commitStages } from "../../src/pipeline/reproduce/commit-stages.ts";
import { run, type TestProject, testProject } from "./project.ts";

const withoutCr = createHash("md5").update("a\nb\n").digest("hex");

const lock = (lr: number) => `schema: '2.0'
stages:
  copy:
    cmd: cp in.txt out.txt
    deps:
    - path: in.txt
      md5: ${withoutCr}
      size: 6
    params:
      params.yaml:
        lr: ${lr}
    outs:
    - path: out.txt
      md5: ${withoutCr}
      size: 6
`;

function oldProject(): TestProject {
  const stage = { cmd: "cp in.txt out.txt", deps: ["in.txt"], params: ["lr"], outs: ["out.txt"] };
  return testProject({
    "dvc.yaml": JSON.stringify({ stages: { copy: stage } }),
    "params.yaml": "lr: 1\n",
    "in.txt": "a\r\nb\r\n",
    "out.txt": "a\r\nb\r\n",
    [`.dvc/cache/${withoutCr.slice(0, 2)}/${withoutCr.slice(2)}`]: "a\r\nb\r\n",
    "dvc.lock": lock(1),
    ".gitignore": "/out.txt\n",
  });
}

const request = { targets: [], recursive: false, extent: "targets-only", warning: () => undefined } as const;

test("data with the same lines is unchanged", async () => {
  const project = oldProject();
  expect((await projectStatus(project.project, { ...request, folder: project.root })).stages).toEqual([]);
  project.write({ "in.txt": "a\r\nc\r\n" });
  expect((await projectStatus(project.project, { ...request, folder: project.root })).stages).toHaveLength(1);
});

test("entries stay as they are where the data does, and become those of DVC 3 where it changes", async () => {
  const project = oldProject();
  project.write({ "params.yaml": "lr: 2\n" });
  await run(project);
  expect(project.read("dvc.lock")).toBe(lock(2));
  project.write({ "in.txt": "c\n" });
  await run(project);
  expect(project.read("dvc.lock").match(/hash: md5/g)).toHaveLength(2);
});

test("so do those of metrics that Git keeps, though no cache has them", async () => {
  const project = oldProject();
  const outs = [{ "out.txt": { cache: false } }];
  const stage = { cmd: "cp in.txt out.txt", deps: ["in.txt"], params: ["lr"], outs };
  project.write({ "dvc.yaml": JSON.stringify({ stages: { copy: stage } }) });
  removeTree(path.join(project.root, ".dvc/cache"));
  const events = { warning: () => undefined };
  await commitStages(project.project, {
    folder: project.root,
    targets: [],
    recursive: false,
    changed: "accept",
    events,
  });
  expect(project.read("dvc.lock")).toBe(lock(1));
});
