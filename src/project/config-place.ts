/** Which config file is meant: of a level, looked for from a folder. */
import {
  type ConfigLevel,
  configError,
  configFile,
  configLevels,
  type Environment,
  readConfigLevel,
} from "./config.ts";
import { editConfigFile } from "./config-edit.ts";
import { findDvcDir } from "./upwards.ts";

/** Where config files are looked for: from the folder of the command, and as the environment says. */
export interface ConfigSeeker {
  readonly cwd: string;
  readonly env: Environment;
}

/** One config file that is changed. */
export interface DvcConfigPlace extends ConfigSeeker {
  readonly level: ConfigLevel;
  readonly file: string;
}

/** The file of a level. Throws CONFIG_INVALID where a level of a project has none, since it is nobody's. */
export function levelFile({ cwd, env }: ConfigSeeker, level: ConfigLevel): string {
  const file = configFile(level, findDvcDir(cwd), env);
  if (file === null) throw configError("Not inside a DVC repo");
  return file;
}

/** As `levelFile`. */
export function dvcConfigPlace({ cwd, env }: ConfigSeeker, level: ConfigLevel): DvcConfigPlace {
  return { cwd, env, level, file: levelFile({ cwd, env }, level) };
}

/** Values of the levels below `level`, which a change is checked together with. */
export function lowerValues({ cwd, env }: ConfigSeeker, level: ConfigLevel): Map<string, string> {
  const dvcDir = findDvcDir(cwd);
  const merged = new Map<string, string>();
  for (const each of configLevels.slice(0, configLevels.indexOf(level)))
    for (const [key, value] of readConfigLevel(each, dvcDir, env)) merged.set(key, value);
  return merged;
}

/** Changes the file, as `editConfigFile` does: checked together with the levels below. Throws CONFIG_INVALID. */
export function changeConfig(place: DvcConfigPlace, change: Parameters<typeof editConfigFile>[2]): void {
  editConfigFile(place.file, lowerValues(place, place.level), change);
}
