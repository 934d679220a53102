/** Whether params.yaml is composed from a config tree here, and what that means for overrides. */
import { composedFile, enabledPlace, openConfigs, type ProjectConfigs } from "../../config/project-config.ts";
import { openProject } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import { findDvcDir } from "../../project/upwards.ts";
import type { ExpandOptions } from "../../sweep/expand.ts";

export interface CompositionSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told what the configs warn of. */
  warn(message: string): void;
}

/** The configs that params.yaml is composed from; undefined where the project does not compose it. */
export function configsOf(project: Project, { environment, warn }: CompositionSettings): ProjectConfigs | undefined {
  const place = enabledPlace(project, environment);
  return place === undefined ? undefined : openConfigs({ ...place, warn });
}

/** Of the project around a folder, for glob(); opened when the first is met. Undefined without composition. */
export function projectGroups(folder: string, settings: CompositionSettings): ExpandOptions["groupOptions"] {
  const project = findDvcDir(folder) === null ? undefined : openProject(folder);
  if (project === undefined || enabledPlace(project, settings.environment) === undefined) return undefined;
  let configs: ProjectConfigs | undefined;
  return (group) => {
    configs ??= configsOf(project, settings);
    return configs?.optionsOf(group);
  };
}

/** With composition, overrides of params.yaml may name groups, and glob() picks from the options of one. */
export function expandOptions(configs: ProjectConfigs | undefined): ExpandOptions {
  if (configs === undefined) return {};
  return { composed: [composedFile], groupOptions: (group) => configs.optionsOf(group) };
}
