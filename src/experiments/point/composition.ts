/** Whether params.yaml is composed from a config tree here, and what that means for overrides. */
import type { ProjectConfigs } from "../../config/project-config.ts";
import { composedFile, enabledPlace, type SweepKind } from "../../config/project-place.ts";
import type { Project } from "../../project/project.ts";
import type { ExpandOptions } from "../../sweep/expand.ts";

export interface CompositionSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the sweep of the configs is read for. */
  readonly sweep?: SweepKind;
  /** Told what the configs warn of. */
  warn(message: string): void;
}

/** The configs that params.yaml is composed from; undefined where the project does not compose it, and nothing is loaded for it. */
export async function configsOf(
  project: Project,
  { environment, warn, sweep = "grid" }: CompositionSettings,
): Promise<ProjectConfigs | undefined> {
  const place = enabledPlace(project, environment);
  if (place === undefined) return undefined;
  const { openConfigs } = await import("../../config/project-config.ts");
  return openConfigs({ ...place, warn, sweep });
}

/** With composition, overrides of params.yaml may name groups, and glob() picks from the options of one. */
export function expandOptions(configs: ProjectConfigs | undefined): ExpandOptions {
  if (configs === undefined) return {};
  return { composed: [composedFile], groupOptions: (group) => configs.optionsOf(group) };
}
