/** Settings for another repository's project that the caller knows better: a config file, its default remote, options of it. */

import { type ConfigValues, readConfigFile } from "../../project/config.ts";
import { openProject } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";

export interface SourceSettings {
  /** Absolute: a file as .dvc/config is, laid over the repository's own. */
  readonly configFile?: string;
  /** Instead of its default remote. */
  readonly remote?: string;
  /** Options of that remote, or of its default one. */
  readonly remoteOptions?: ReadonlyMap<string, string>;
}

function valuesOf(project: Project, { configFile, remote, remoteOptions }: SourceSettings): ConfigValues {
  const values = new Map(configFile === undefined ? [] : readConfigFile(configFile, process.env));
  if (remote !== undefined) values.set("core.remote", remote);
  const name = (remote ?? values.get("core.remote") ?? project.config.get("core.remote"))?.toLowerCase();
  if (name !== undefined)
    for (const [option, value] of remoteOptions ?? []) values.set(`remote.${name}.${option}`, value);
  return values;
}

/** The project of a folder with these settings over its own. Errors: those of its configuration, FILE_MISSING. */
export function openSourceProject(folder: string, settings: SourceSettings): Project {
  const project = openProject(folder);
  const values = valuesOf(project, settings);
  return values.size === 0 ? project : openProject(folder, process.env, values);
}
