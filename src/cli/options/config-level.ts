/** Which config file a command works on: `--global`, `--system`, `--local`, `--project`. */
import type { Command } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { type ConfigLevel, configError, configFile, configLevels, readConfigLevel } from "../../project/config.ts";
import { findDvcDir } from "../../project/upwards.ts";
import type { Io } from "../terminal/io.ts";

export interface LevelFlags {
  readonly global?: boolean;
  readonly system?: boolean;
  readonly project?: boolean;
  readonly local?: boolean;
}

export function addLevelOptions(command: Command): Command {
  return command
    .option("--global", "the user's config file")
    .option("--system", "the machine's config file")
    .option("--project", "the project's config file, .dvc/config")
    .option("--local", "this checkout's config file, .dvc/config.local");
}

/** The level that the flags name; undefined where they name none. */
export function chosenLevel(flags: LevelFlags): ConfigLevel | undefined {
  const named = configLevels.filter((level) => flags[level] === true);
  if (named.length < 2) return named[0];
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `argument --${named[1]}: not allowed with argument --${named[0]}`,
  });
}

/** Where config files are looked for: from the folder of the command, and as the environment says. */
export type ConfigSeeker = Pick<Io, "cwd" | "env">;

/** The file of a level; the project's levels need a project. */
export function levelFile({ cwd, env }: ConfigSeeker, level: ConfigLevel): string {
  const file = configFile(level, findDvcDir(cwd), env);
  if (file === null) throw configError("Not inside a DVC repo");
  return file;
}

/** Values of the levels below `level`, which a change is checked together with. */
export function lowerValues({ cwd, env }: ConfigSeeker, level: ConfigLevel): Map<string, string> {
  const dvcDir = findDvcDir(cwd);
  const merged = new Map<string, string>();
  for (const each of configLevels.slice(0, configLevels.indexOf(level)))
    for (const [key, value] of readConfigLevel(each, dvcDir, env)) merged.set(key, value);
  return merged;
}
