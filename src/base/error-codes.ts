/** All codes of failures. Commands need the type only, so the words stay out of what they load. */
import { ciCodes } from "./codes/ci.ts";
import { commandLineCodes } from "./codes/command-line.ts";
import { configCodes } from "./codes/config.ts";
import { dataCodes } from "./codes/data.ts";
import { experimentCodes } from "./codes/experiments.ts";
import { gitCodes } from "./codes/git.ts";
import { overrideCodes } from "./codes/overrides.ts";
import { paramCodes } from "./codes/params.ts";
import { pipelineCodes } from "./codes/pipeline.ts";

/** The tables by area, in the order of docs/errors.md. */
export const errorAreas = {
  "The command line, the project and its settings": commandLineCodes,
  "Overrides, sweeps and files of points": overrideCodes,
  "Parameter files, metrics and other files of values": paramCodes,
  "Composed configs": configCodes,
  "Pipelines and stages": pipelineCodes,
  "Data, the cache and its remotes": dataCodes,
  Git: gitCodes,
  "Experiments and the queue": experimentCodes,
  "CI jobs": ciCodes,
} as const;

type CodesOf<Table> = Table extends unknown ? keyof Table : never;

/** Stable and upper case: NAME_TAKEN, STAGE_FAILED. A new one goes into a table; then `node scripts/errors-doc.mjs`. */
export type ErrorCode = CodesOf<(typeof errorAreas)[keyof typeof errorAreas]>;
