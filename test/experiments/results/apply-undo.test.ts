import { expect, test } from "vitest";
import { SweeplineError } from "../../../src/base/errors.ts";
import { openExperiments } from "../../../src/experiments/repository.ts";
import { putBack, rememberWorkspace } from "../../../src/experiments/results/apply-undo.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { openProject } from "../../../src/project/open.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { makeRepository } from "../../rig/index.ts";

const failure = new SweeplineError({ code: "GIT_FAILED", message: "no room" });

async function remembered() {
  const repository = makeRepository({ files: { "a.txt": "1\n" } });
  useEnvironment(repository);
  repository.write({ "a.txt": "mine\n" });
  const context = openExperiments(openProject(repository.folder));
  const head = repository.git("rev-parse", "HEAD").trim() as ObjectId;
  return { repository, context, undo: await rememberWorkspace(context, head, []) };
}

test("the workspace is as it was, and the failure is the first one", async () => {
  const { repository, context, undo } = await remembered();
  repository.write({ "a.txt": "1\n" });
  await expect(putBack(context, undo, failure)).rejects.toBe(failure);
  expect(repository.read("a.txt")).toBe("mine\n");
});

test("where that fails too, both are told, and how to get the files", async () => {
  const { repository, context, undo } = await remembered();
  repository.write({ "a.txt": "1\n" });
  const lost = { ...undo, commit: "0".repeat(40) as ObjectId };
  const told = await putBack(context, lost, failure).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: "APPLY_HALF_DONE", message: expect.stringContaining("no room; nor could") });
  const { hint = "" } = told as SweeplineError;
  repository.git(...hint.slice(hint.indexOf("git ") + 4).split(" "));
  expect(repository.read("a.txt")).toBe("mine\n");
});
