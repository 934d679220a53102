/** Whether params.yaml is composed from a config tree here, and what that means for overrides. */
import { composedFile, enabledPlace, openConfigs, type ProjectConfigs } from "../../config/project-config.ts";
import { openProject } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import { findDvcDir } from "../../project/upwards.ts";
import type { ExpandOptions } from "../../sweep/expand.ts";
import { type Io, warn } from "../terminal/io.ts";

export interface CompositionFlags {
  /** false for --no-hydra. */
  readonly hydra?: boolean;
}

export const noHydraText = "leave params.yaml to its overrides, even where hydra.enabled composes it";

/** The configs that params.yaml is composed from; undefined where composition is not switched on, or off for this run. */
export function configsOf(io: Io, project: Project, flags: CompositionFlags): ProjectConfigs | undefined {
  if (flags.hydra === false) return undefined;
  const place = enabledPlace(project, io.env);
  return place === undefined ? undefined : openConfigs({ ...place, warn: (message) => warn(io, message) });
}

/** Of the project around the working folder, for glob(); opened when the first is met. Undefined without composition. */
export function projectGroups(io: Io): ExpandOptions["groupOptions"] {
  const project = findDvcDir(io.cwd) === null ? undefined : openProject(io.cwd);
  if (project === undefined || enabledPlace(project, io.env) === undefined) return undefined;
  let configs: ProjectConfigs | undefined;
  return (group) => {
    configs ??= configsOf(io, project, {});
    return configs?.optionsOf(group);
  };
}

/** With composition, overrides of params.yaml may name groups, and glob() picks from the options of one. */
export function expandOptions(configs: ProjectConfigs | undefined): ExpandOptions {
  if (configs === undefined) return {};
  return { composed: [composedFile], groupOptions: (group) => configs.optionsOf(group) };
}
