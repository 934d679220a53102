/** The data that the workspace's lock files and .dvc files name. */
import path from "node:path";
import type { Project } from "../../project/project.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { isObjectHash } from "../../store/tree.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import { loadProjectStages, type ProjectStages } from "../reading/project-stages.ts";
import { type ChosenStage, chooseOutputsOrStages, chosenPart, withDependencies } from "../reading/targets.ts";
import type { ImportedData } from "../reproduce/imports.ts";
import { openLockBook } from "../reproduce/lock-book.ts";
import type { Stage } from "../types.ts";

export interface TrackedRequest {
  readonly project: Project;
  /** Absolute: what the targets are relative to. */
  readonly folder: string;
  /** Empty: everything. */
  readonly targets: readonly string[];
  readonly recursive: boolean;
  readonly names: "exact" | "glob";
  /** Default: the targets only. */
  readonly extent?: "targets-only" | "with-dependencies";
  /** Data of commits, beside that of the workspace. */
  readonly more?: readonly TrackedObject[];
}

export interface TrackedObject extends RemoteObject {
  /** The output (absolute). */
  readonly file: string;
  /** Of a folder: absolute paths inside it, nothing else of it is meant. Default: all of it. */
  readonly within?: readonly string[];
  /** false: `push: false` of the output. */
  readonly push: boolean;
  /** legacy: an entry of DVC 2, whose data DVC looks for at the top of a remote. */
  readonly layout: "current" | "legacy";
}

function chosenStages(stages: ProjectStages, request: TrackedRequest): readonly ChosenStage[] {
  if (request.targets.length === 0) return stages.stages.map((stage) => ({ stage }));
  const chosen = chooseOutputsOrStages(stages, request);
  return request.extent === "with-dependencies" ? withDependencies(stages, chosen) : chosen;
}

/** Whether a stage's outputs are data of this repository: what push and fetch are about. */
function hasLocalData({ deps, outs }: Stage): boolean {
  return !deps.some((dep) => dep.startsWith("repo://")) && outs.some(({ cache }) => cache);
}

/** What a set of targets is about. */
export interface TrackedData {
  readonly objects: readonly TrackedObject[];
  /** Data that other repositories keep. */
  readonly imports: readonly ImportedData[];
}

/** Objects of cached outputs as they are recorded, without those that other repositories keep. Errors: STAGE_NOT_FOUND, OUTSIDE_PROJECT. */
export async function trackedObjects(request: TrackedRequest): Promise<readonly TrackedObject[]> {
  return (await trackedData(request)).objects;
}

function importsOf(stages: ProjectStages, { stage }: ChosenStage): readonly ImportedData[] {
  const source = stage.importedFrom;
  if (source === undefined) return [];
  const items = stages.dataStages.get(stage.address)?.recorded.outs ?? [];
  return items.filter(({ md5 }) => isObjectHash(md5)).map(({ md5 }) => ({ source, md5 }));
}

/** As trackedObjects(), and what is imported. */
export async function trackedData(request: TrackedRequest): Promise<TrackedData> {
  const { project } = request;
  const stages = await loadProjectStages(project);
  const chosen = chosenStages(stages, request);
  const all = chosen.map(({ stage }) => stage);
  const locks = await openLockBook(project.root, all, []);
  checkBoundaries(project.root, all.filter(hasLocalData));
  const objects = chosen.flatMap((choice): readonly TrackedObject[] => {
    const { stage } = choice;
    const data = stages.dataStages.get(stage.address);
    if (stage.deps.some((dep) => dep.startsWith("repo://"))) return [];
    const recorded = data === undefined ? locks.entry(stage) : data.recorded;
    const items = new Map(recorded?.outs.map((item) => [item.path, item]));
    return stage.outs.flatMap(({ path: name, cache, push, remote }): readonly TrackedObject[] => {
      const item = items.get(name);
      const md5 = item?.md5 ?? "";
      const file = path.resolve(stage.workingFolder, name);
      const part = chosenPart(choice, file);
      if (!cache || !isObjectHash(md5) || part === undefined) return [];
      const layout = item?.hash === undefined ? "legacy" : "current";
      return [{ file, md5, push: push !== false, remote, layout, ...(part === "whole" ? {} : { within: part }) }];
    });
  });
  return {
    objects: [...objects, ...(request.more ?? [])],
    imports: chosen.flatMap((choice) => importsOf(stages, choice)),
  };
}
