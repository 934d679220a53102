import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { settingNeedsPython } from "../../../config/project-config.ts";
import { type ConfigLevel, configError, configFile, configLevels, readConfigFile } from "../../../project/config.ts";
import {
  type ConfigOption,
  editConfigFile,
  isPathOption,
  parseOptionName,
  pathForConfig,
  setOption,
  unsetOption,
} from "../../../project/config-edit.ts";
import { findDvcDir } from "../../../project/upwards.ts";
import type { CommandFactory } from "../../catalog.ts";
import { addLevelOptions, chosenLevel, type LevelFlags, levelFile, lowerValues } from "../../options/config-level.ts";
import { type Io, print, warn } from "../../terminal/io.ts";

interface ConfigFlags extends LevelFlags {
  readonly unset?: boolean;
  readonly list?: boolean;
  readonly showOrigin?: boolean;
}

function usageError(message: string): SweeplineError {
  return new SweeplineError({ code: "USAGE", message, exitCode: exitCodes.usage });
}

/** The files to look at: the one that was named, or all that there can be. */
function filesOf(level: ConfigLevel | undefined): string[] {
  if (level !== undefined) return [levelFile(level)];
  const dvcDir = findDvcDir(process.cwd());
  return configLevels.map((each) => configFile(each, dvcDir, process.env)).filter((file) => file !== null);
}

function origin(file: string, flags: ConfigFlags): string {
  return flags.showOrigin ? `${path.relative(process.cwd(), file)}\t` : "";
}

function list(io: Io, flags: ConfigFlags): void {
  for (const file of filesOf(chosenLevel(flags)))
    for (const [key, value] of readConfigFile(file)) print(io, `${origin(file, flags)}${key}=${value}`);
}

function keyOf(option: ConfigOption): string {
  return `${option.section.replace(/^(\w+) "(.*)"$/, "$1.$2")}.${option.option}`;
}

/** Prints the value of the highest level that has it; a level that was named must have it. */
function get(io: Io, option: ConfigOption, flags: ConfigFlags): void {
  const level = chosenLevel(flags);
  for (const file of filesOf(level).reverse()) {
    const value = readConfigFile(file).get(keyOf(option));
    if (value === undefined) continue;
    print(io, origin(file, flags) + value);
    return;
  }
  if (level !== undefined) throw configError(`option '${option.option}' doesn't exist in section '${option.section}'`);
}

function change(option: ConfigOption, value: string | undefined, flags: ConfigFlags): void {
  const level = chosenLevel(flags) ?? "project";
  const file = levelFile(level);
  const written = value !== undefined && isPathOption(option) ? pathForConfig(value, process.cwd(), file) : value;
  editConfigFile(file, lowerValues(level), {
    edit: (text) => (written === undefined ? unsetOption(text, option) : setOption(text, option, written)),
    refusal: `option '${option.option}' doesn't exist in section '${option.section}'`,
  });
}

function listOptions(io: Io, name: string | undefined, flags: ConfigFlags): void {
  if (name !== undefined || flags.unset)
    throw usageError("-l/--list can't be used together with any of these options: -u/--unset, name, value");
  list(io, flags);
}

function optionNamed(name: string | undefined): ConfigOption {
  if (name === undefined) throw usageError("name argument is required");
  const option = parseOptionName(name);
  if (option !== undefined) return option;
  throw usageError(
    "argument name: name argument should look like remote.name.option or db.name.option or section.option",
  );
}

function changeOption(io: Io, option: ConfigOption, value: string | undefined, flags: ConfigFlags): void {
  change(option, value, flags);
  const refused = value === undefined ? undefined : settingNeedsPython(keyOf(option));
  if (refused !== undefined) warn(io, `${refused.message}: it will be refused where configs are composed`);
  if (keyOf(option) !== "cache.type") return;
  warn(
    io,
    "You have changed the 'cache.type' option. This doesn't update any existing workspace file links, but it can be done with:\n             sweepline checkout --relink",
  );
}

/** `sweepline config [name] [value]`: reads and changes DVC's config files. */
export const command: CommandFactory = (io, finish) =>
  addLevelOptions(
    new Command("config")
      .argument("[name]", "section.option or remote.NAME.option")
      .argument("[value]", "the new value; without it the value is printed")
      .option("-u, --unset", "remove the option")
      .option("-l, --list", "list all options")
      .option("--show-origin", "print the file of each value"),
  ).action((name: string | undefined, value: string | undefined, flags: ConfigFlags) => {
    if (flags.list) listOptions(io, name, flags);
    else if (value === undefined && !flags.unset) get(io, optionNamed(name), flags);
    else changeOption(io, optionNamed(name), flags.unset ? undefined : value, flags);
    finish(exitCodes.ok);
  });
