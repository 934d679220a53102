/** Which config file a command works on: `--global`, `--system`, `--local`, `--project`. */
import type { Command } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { type ConfigLevel, configLevels } from "../../project/config.ts";

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
