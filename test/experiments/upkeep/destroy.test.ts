/** A project is none any more: what runs refuses it, data of the workspace stays. */
import { lstatSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { claimEntry } from "../../../src/experiments/queue/entries.ts";
import { openExperiments } from "../../../src/experiments/repository.ts";
import { destroyProject, type WithLock } from "../../../src/experiments/upkeep/destroy.ts";
import { WorkspaceLock } from "../../../src/pipeline/locks/workspace-lock.ts";
import { openProject } from "../../../src/project/open.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { makeRepository } from "../../rig/index.ts";

async function opened() {
  const repository = makeRepository({ files: { x: "" } });
  useEnvironment(repository);
  await repository.succeed(["config", "cache.type", "symlink"]);
  repository.write({ data: "1\n" });
  await repository.succeed(["add", "-q", "data"]);
  const project = openProject(repository.folder);
  const withLock: WithLock = async (work) => {
    const lock = await WorkspaceLock.acquire(project, { command: "a test" });
    await work(lock).finally(() => lock.release());
  };
  return { repository, project, withLock };
}

test("links into the cache become files, all else of the project is gone", async () => {
  const { repository, project, withLock } = await opened();
  await destroyProject(project, withLock);
  expect(lstatSync(path.join(repository.folder, "data")).isFile()).toBe(true);
  expect(repository.read("data")).toBe("1\n");
  expect(["data.dvc", ".dvc", ".dvcignore"].filter((name) => repository.exists(name))).toEqual([]);
});

test("a run that is going on refuses it, and nothing is touched", async () => {
  const { repository, project, withLock } = await opened();
  claimEntry(openExperiments(project), 7);
  await expect(destroyProject(project, withLock)).rejects.toMatchObject({ code: "LOCKED" });
  expect(repository.exists("data.dvc")).toBe(true);
});
