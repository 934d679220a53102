/** The rig for tests of real processes. One import: makeRepository, makePipelineRepository, makeGate. */
export { whenFileEnds } from "./clean-up.ts";
export type { Environment } from "./environment.ts";
export { type Finish, type Gate, type GateCall, makeGate } from "./gate.ts";
export { makeGatedRepository, makePipelineRepository, pipelineFiles, scriptStage } from "./pipeline.ts";
export { type CommandResult, checkout, type RunningCommand } from "./process.ts";
export {
  binary,
  type Files,
  makeRepository,
  makeTemporaryFolder,
  Repository,
  type RepositoryFacts,
  type RunOptions,
} from "./repository.ts";
export { waitLimitMs, within } from "./time-limit.ts";
