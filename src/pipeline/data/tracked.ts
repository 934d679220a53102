/** The data that the workspace's lock files and .dvc files name. */
import type { Project } from "../../store/project.ts";
import { isObjectHash } from "../../store/tree.ts";
import { loadProjectStages } from "../project-stages.ts";
import { openLockBook } from "../run/lock-book.ts";
import { chooseStages } from "../targets.ts";

export interface TrackedRequest {
  readonly project: Project;
  /** Absolute: what the targets are relative to. */
  readonly folder: string;
  /** Empty: everything. */
  readonly targets: readonly string[];
  readonly recursive: boolean;
  readonly names: "exact" | "glob";
}

export interface TrackedObject {
  readonly md5: string;
  /** false: `push: false` of the output. */
  readonly push: boolean;
  /** The remote that the output names for itself. */
  readonly remote: string | undefined;
}

/** Objects of cached outputs as they are recorded, without those that other repositories keep. Errors: STAGE_NOT_FOUND. */
export async function trackedObjects(request: TrackedRequest): Promise<readonly TrackedObject[]> {
  const { project, targets, folder, recursive, names } = request;
  const stages = await loadProjectStages(project);
  const chosen =
    targets.length === 0
      ? stages.stages
      : chooseStages(stages, { targets, folder, recursive, names }).map(({ stage }) => stage);
  const locks = await openLockBook(project.root, chosen, []);
  return chosen.flatMap((stage) => {
    const data = stages.dataStages.get(stage.address);
    if (stage.deps.some((dep) => dep.startsWith("repo://"))) return [];
    const recorded = data === undefined ? locks.entry(stage) : data.recorded;
    const hashes = new Map(recorded?.outs.map((item) => [item.path, item.md5]));
    return stage.outs.flatMap(({ path, cache, push, remote }) => {
      const md5 = hashes.get(path) ?? "";
      return cache && isObjectHash(md5) ? [{ md5, push: push !== false, remote }] : [];
    });
  });
}
