import type { ProjectConfigs } from "../../config/project-config.ts";
import type { SweepKind } from "../../config/project-place.ts";
import { type CompositionSettings, configsOf } from "../../experiments/point/composition.ts";
import type { Project } from "../../project/project.ts";
import { type Io, warn } from "../terminal/io.ts";

export interface CompositionFlags {
  /** false for --no-hydra. */
  readonly hydra?: boolean;
  /** What the sweep of the configs is read for. */
  readonly sweep?: SweepKind;
}

export const noHydraText = "leave params.yaml to its overrides, even where hydra.enabled composes it";

export function compositionSettings(io: Io): CompositionSettings {
  return { environment: io.env, warn: (message) => warn(io, message) };
}

/** The configs that params.yaml is composed from; undefined where composition is not switched on, or off for this run. */
export async function askedConfigs(
  io: Io,
  project: Project,
  flags: CompositionFlags,
): Promise<ProjectConfigs | undefined> {
  return flags.hydra === false
    ? undefined
    : configsOf(project, { ...compositionSettings(io), sweep: flags.sweep ?? "grid" });
}
