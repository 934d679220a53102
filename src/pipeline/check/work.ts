/** What every step of a reproduction or a status needs to know. */
import path from "node:path";
import { withoutCredentials } from "../../base/text/secrets.ts";
import type { Value } from "../../base/value.ts";
import type { Project } from "../../project/project.ts";
import type { Cache } from "../../store/cache.ts";
import { displayPath, isUrl } from "../paths.ts";
import type { LockEntry, Stage, StageAddress } from "../types.ts";

export interface Work {
  readonly project: Project;
  /** The folder of the command: names in messages are relative to it. */
  readonly folder: string;
  readonly cache: Cache;
  /** The values of a parameter file (absolute path); undefined where there is none. */
  readonly readParams: (file: string) => Value | undefined;
  /** What the lock file, or the .dvc file, says of a stage. */
  readonly recorded: (stage: Stage) => LockEntry | undefined;
}

/** How messages name a dependency or an output of a stage. */
export function shownItem(work: Pick<Work, "project" | "folder">, stage: Stage, item: string): string {
  if (isUrl(item)) return withoutCredentials(item);
  return displayPath(work.project.root, work.folder, path.resolve(stage.workingFolder, item));
}

/** How messages name a stage: `train`, `sub/dvc.yaml:train`, `raw.csv.dvc`; relative to the command's folder. */
export function shownStage(place: Pick<Work, "project" | "folder">, stage: Stage): StageAddress {
  const file = path.relative(place.folder, path.join(place.project.root, stage.file));
  if (stage.cmd === null) return file;
  return file === "dvc.yaml" ? stage.name : `${file}:${stage.name}`;
}

/** The same where a stage counts as a sentence's subject: `stage: 'train'`. */
export function stageSubject(work: Work, stage: Stage): string {
  return `stage: '${shownStage(work, stage)}'`;
}
