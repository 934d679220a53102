/** The groups of a project's config tree, for commands that only expand overrides. */
import { openConfigs, type ProjectConfigs } from "../../config/project-config.ts";
import { enabledPlace } from "../../config/project-place.ts";
import { openProject } from "../../project/open.ts";
import { findDvcDir } from "../../project/upwards.ts";
import type { ExpandOptions } from "../../sweep/expand.ts";
import type { CompositionSettings } from "./composition.ts";

/** Of the project around a folder, for glob(); opened when the first is met. Undefined without composition. */
export function projectGroups(
  folder: string,
  { environment, warn }: CompositionSettings,
): ExpandOptions["groupOptions"] {
  const project = findDvcDir(folder) === null ? undefined : openProject(folder);
  const place = project === undefined ? undefined : enabledPlace(project, environment);
  if (place === undefined) return undefined;
  let configs: ProjectConfigs | undefined;
  return (group) => {
    configs ??= openConfigs({ ...place, warn });
    return configs.optionsOf(group);
  };
}
