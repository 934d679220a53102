/** `exp run --dry`: what would run in the workspace as it is. Nothing is named, changed or committed, as with DVC. */
import { reproduce, reproductionError } from "../pipeline/reproduce.ts";
import { reproduceDefaults } from "../pipeline/types.ts";
import type { Project } from "../store/project.ts";
import { type Io, warn } from "./io.ts";
import { type ReproduceFlags, reproduceOptions } from "./reproduce-options.ts";
import { stageEvents } from "./stage-events.ts";

export interface DryRunRequest {
  readonly project: Project;
  readonly targets: readonly string[];
  readonly flags: ReproduceFlags;
  /** -S: they are not written, so they are not looked at. */
  readonly overrides: readonly string[];
}

/** Prints the stages that would run. Throws what a run would be refused for. */
export async function dryRun(io: Io, { project, targets, flags, overrides }: DryRunRequest): Promise<void> {
  if (overrides.length > 0)
    warn(io, "--dry writes no parameters: this is what would run with those of the workspace, without -S");
  const result = await reproduce(
    project,
    {
      ...reproduceDefaults,
      ...reproduceOptions(targets, flags),
      dry: true,
      folder: process.cwd(),
      environment: {},
      dvcRoot: project.root,
      output: { kind: "inherit" },
      signal: new AbortController().signal,
    },
    stageEvents(io, { groups: new Set(), messages: "all" }),
  );
  if (result.kind === "failed") throw reproductionError(result.failures, reproduceOptions([], flags).onError);
}
