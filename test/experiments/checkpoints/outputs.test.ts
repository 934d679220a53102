import { expect, test } from "vitest";
import { refuseLostOutputs } from "../../../src/experiments/checkpoints/outputs.ts";
import { loadProjectStages } from "../../../src/pipeline/reading/project-stages.ts";
import { openProject } from "../../../src/project/open.ts";
import { makeRepository } from "../../rig/index.ts";

const md5 = "c4ca4238a0b923820dcc509a6f75849b";
const files = {
  "dvc.yaml": "stages:\n  a:\n    cmd: 'true'\n    outs:\n    - m: {checkpoint: true}\n",
  "dvc.lock": `schema: '2.0'\nstages:\n  a:\n    cmd: 'true'\n    outs:\n    - path: m\n      hash: md5\n      md5: ${md5}\n      size: 1\n`,
};

test("a training does not go on without the data of its checkpoint", async () => {
  const repository = makeRepository({ files });
  const stages = async () => loadProjectStages(openProject(repository.folder, repository.env));
  await expect(refuseLostOutputs(await stages())).rejects.toMatchObject({ code: "CHECKPOINT_LOST" });
  repository.write({ [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: "1" });
  await refuseLostOutputs(await stages());
});
