/** `status`: what changed since the lock files were written, as data and as DVC's text. */

import path from "node:path";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import type { FileState } from "../../store/state.ts";
import {
  alwaysRuns,
  changedDependencies,
  changedOutputs,
  commandChanged,
  type ItemChange,
  unseenWords,
} from "../check/changes.ts";
import { shownStage, stageSubject, type Work } from "../check/work.ts";
import { loadProjectStages, type ProjectStages } from "../reading/project-stages.ts";
import { type ChosenStage, chooseOutputsOrStages, chosenPart, withDependencies } from "../reading/targets.ts";
import { openLockBook } from "../reproduce/lock-book.ts";
import type { Stage } from "../types.ts";

export interface StatusRequest {
  /** Absolute: targets and names are relative to it. */
  readonly folder: string;
  readonly targets: readonly string[];
  readonly recursive: boolean;
  /** The targets only, or all that they depend on too. */
  readonly extent: "targets-only" | "with-dependencies";
  readonly state?: FileState;
  /** Told what is worth a warning: frozen stages, dependencies that can't be looked at. */
  warning(text: string): void;
}

export interface StageStatus {
  /** As messages name the stage. */
  readonly name: string;
  readonly changedDependencies: readonly ItemChange[];
  readonly changedOutputs: readonly ItemChange[];
  readonly alwaysChanged: boolean;
  readonly changedCommand: boolean;
}

export interface ProjectStatus {
  /** Stages with changes only. */
  readonly stages: readonly StageStatus[];
  /** Whether the project has any stage at all. */
  readonly isEmpty: boolean;
}

function chosenStages(stages: ProjectStages, request: StatusRequest): readonly ChosenStage[] {
  if (request.targets.length === 0) return stages.stages.map((stage) => ({ stage }));
  const chosen = chooseOutputsOrStages(stages, { ...request, names: "exact" });
  return request.extent === "targets-only" ? chosen : withDependencies(stages, chosen);
}

/** Of the outputs those that are targets or hold them, as DVC's filter_outs; a folder is compared as a whole. */
function withChosenOutputs(choice: ChosenStage): Stage {
  const { stage } = choice;
  const isChosen = (name: string) => chosenPart(choice, path.resolve(stage.workingFolder, name)) !== undefined;
  return { ...stage, outs: stage.outs.filter((output) => isChosen(output.path)) };
}

async function stageStatus(work: Work, choice: ChosenStage): Promise<StageStatus> {
  const { stage } = choice;
  return {
    name: shownStage(work, stage),
    changedDependencies: stage.frozen ? [] : await changedDependencies(work, stage),
    changedOutputs: await changedOutputs(work, withChosenOutputs(choice)),
    alwaysChanged: alwaysRuns(stage),
    changedCommand: commandChanged(stage, work.recorded(stage)),
  };
}

function isClean(status: StageStatus): boolean {
  const { changedDependencies: deps, changedOutputs: outs, alwaysChanged, changedCommand } = status;
  return deps.length === 0 && outs.length === 0 && !alwaysChanged && !changedCommand;
}

/** Compares the workspace with the lock files. Writes nothing but what it remembers of file hashes. */
export async function projectStatus(project: Project, request: StatusRequest): Promise<ProjectStatus> {
  const stages = await loadProjectStages(project);
  const chosen = chosenStages(stages, request);
  const locks = await openLockBook(
    project.root,
    chosen.map(({ stage }) => stage),
    [],
  );
  const work: Work = {
    project,
    folder: request.folder,
    cache: openCache(project, request.state === undefined ? {} : { state: request.state }),
    readParams: stages.params.read,
    recorded: (stage) => (stage.cmd === null ? stages.dataStages.get(stage.address)?.recorded : locks.entry(stage)),
  };
  const changed: StageStatus[] = [];
  for (const choice of chosen) {
    const { stage } = choice;
    const isImport = stage.cmd === null && stage.deps.length > 0;
    if (stage.frozen && !isImport)
      request.warning(
        `${stageSubject(work, stage)} is frozen. Its dependencies are not going to be shown in the status output.`,
      );
    const unseen = unseenWords(work, stage);
    if (unseen !== undefined) request.warning(unseen);
    const status = await stageStatus(work, choice);
    if (!isClean(status)) changed.push(status);
  }
  return { stages: changed, isEmpty: stages.stages.length === 0 };
}

function itemsPlain(changes: readonly ItemChange[]): Record<string, unknown> {
  return Object.fromEntries(
    changes.map(({ shown, status }) => [shown, typeof status === "string" ? status : Object.fromEntries(status)]),
  );
}

/** The shape of `dvc status --json`: `{"train": [{"changed deps": {"params.yaml": {"lr": "modified"}}}]}`. */
export function statusPlain(status: ProjectStatus): Record<string, unknown> {
  return Object.fromEntries(
    status.stages.map((stage) => {
      const parts: unknown[] = [];
      if (stage.changedDependencies.length > 0) parts.push({ "changed deps": itemsPlain(stage.changedDependencies) });
      if (stage.changedOutputs.length > 0) parts.push({ "changed outs": itemsPlain(stage.changedOutputs) });
      if (stage.alwaysChanged) parts.push("always changed");
      if (stage.changedCommand) parts.push("changed command");
      return [stage.name, parts];
    }),
  );
}

function itemLines(changes: readonly ItemChange[]): string[] {
  const line = (indent: string, word: string, name: string) => `${indent}${`${word}:`.padEnd(20)}${name}`;
  return changes.flatMap(({ shown, status }) => {
    if (typeof status === "string") return [line("\t\t", status, shown)];
    return [`\t\t${shown}:`, ...[...status].map(([key, word]) => line("\t\t\t", word, key))];
  });
}

/** The lines of DVC's text output. */
export function statusLines(status: ProjectStatus): string[] {
  return status.stages.flatMap((stage) => [
    `${stage.name}:`,
    ...(stage.changedDependencies.length > 0 ? ["\tchanged deps:", ...itemLines(stage.changedDependencies)] : []),
    ...(stage.changedOutputs.length > 0 ? ["\tchanged outs:", ...itemLines(stage.changedOutputs)] : []),
    ...(stage.alwaysChanged ? ["\talways changed"] : []),
    ...(stage.changedCommand ? ["\tchanged command"] : []),
  ]);
}
