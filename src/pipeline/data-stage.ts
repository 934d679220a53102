/** A .dvc file as a stage of the graph: data that was added, or imported from elsewhere. */
import path from "node:path";
import type { PipelineLocation } from "./definition/load.ts";
import type { LockEntry, Stage } from "./types.ts";

export interface DataStage {
  readonly stage: Stage;
  /** What the file says of its outputs, in the shape of a lock entry. */
  readonly recorded: LockEntry;
}

export function loadDataStage(location: PipelineLocation): DataStage {
  throw new Error(`not yet: ${path.join(location.root, location.file)}`);
}
