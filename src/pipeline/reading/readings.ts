/** What was read and parsed: owned by one command or worker, passed to all that read, and given up with it. */
import type { Remembering } from "./kept.ts";
import { type PipelineFileReader, pipelineFileReader } from "./pipeline-file.ts";
import { PipelineParts } from "./pipeline-parts.ts";
import { type DataValues, TrackedValues } from "./tracked-values.ts";

export class Readings {
  readonly pipelineFiles: PipelineFileReader;
  readonly parts: PipelineParts;

  /** @param values default: what a stage tracks; tables show more */
  constructor(
    remembering: Remembering = "latest",
    readonly values: DataValues = new TrackedValues(remembering),
  ) {
    this.pipelineFiles = pipelineFileReader(values, remembering);
    this.parts = new PipelineParts(values, remembering);
  }
}
