import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { withoutCredentials } from "../../../base/text/secrets.ts";
import { settingNeedsPython } from "../../../config/project-place.ts";
import { type ConfigLevel, configError, configFile, configLevels, readDvcConfig } from "../../../project/config.ts";
import {
  type ConfigOption,
  isPathOption,
  parseOptionName,
  pathForConfig,
  setOption,
  unsetOption,
} from "../../../project/config-edit.ts";
import { changeConfig, dvcConfigPlace, levelFile } from "../../../project/config-place.ts";
import { findDvcDir } from "../../../project/upwards.ts";
import { addLevelOptions, chosenLevel, type LevelFlags } from "../../options/config-level.ts";
import { type Io, print, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface ConfigFlags extends LevelFlags {
  readonly unset?: boolean;
  readonly list?: boolean;
  readonly showOrigin?: boolean;
}

function usageError(message: string): SweeplineError {
  return new SweeplineError({ code: "BAD_OPTIONS", message });
}

/** The files to look at: the one that was named, or all that there can be. */
function filesOf(io: Io, level: ConfigLevel | undefined): string[] {
  if (level !== undefined) return [levelFile(io, level)];
  const dvcDir = findDvcDir(io.cwd);
  return configLevels.map((each) => configFile(each, dvcDir, io.env)).filter((file) => file !== null);
}

function origin(io: Io, file: string, flags: ConfigFlags): string {
  return flags.showOrigin ? `${path.relative(io.cwd, file)}\t` : "";
}

/** Options of storage remotes that let in whoever has them. `config NAME` prints the one that is asked for. */
function isSecret(key: string): boolean {
  return /(?:password|passphrase|secret|token|account_key|access_key_id|connection_string|credential)\w*$/.test(key);
}

function list(io: Io, flags: ConfigFlags): void {
  for (const file of filesOf(io, chosenLevel(flags)))
    for (const [key, value] of readDvcConfig(file))
      print(io, `${origin(io, file, flags)}${key}=${isSecret(key) ? "***" : withoutCredentials(value)}`);
}

function keyOf(option: ConfigOption): string {
  return `${option.section.replace(/^(\w+) "(.*)"$/, "$1.$2")}.${option.option}`;
}

/** Prints the value of the highest level that has it; a level that was named must have it. */
function get(io: Io, option: ConfigOption, flags: ConfigFlags): void {
  const level = chosenLevel(flags);
  for (const file of filesOf(io, level).reverse()) {
    const value = readDvcConfig(file).get(keyOf(option));
    if (value === undefined) continue;
    print(io, origin(io, file, flags) + value);
    return;
  }
  if (level !== undefined) throw configError(`option '${option.option}' doesn't exist in section '${option.section}'`);
}

interface Change {
  readonly option: ConfigOption;
  /** undefined: the option is removed. */
  readonly value: string | undefined;
}

function change(io: Io, { option, value }: Change, flags: ConfigFlags): void {
  const place = dvcConfigPlace(io, chosenLevel(flags) ?? "project");
  const written = value !== undefined && isPathOption(option) ? pathForConfig(value, io.cwd, place.file) : value;
  changeConfig(place, {
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

function changeOption(io: Io, { option, value }: Change, flags: ConfigFlags): void {
  change(io, { option, value }, flags);
  const refused = value === undefined ? undefined : settingNeedsPython(keyOf(option));
  if (refused !== undefined) warn(io, `${refused.message}: it will be refused where configs are composed`);
  if (keyOf(option) !== "cache.type") return;
  warn(
    io,
    "You have changed the 'cache.type' option. This doesn't update any existing workspace file links, but it can be done with:\n             sweepline checkout --relink",
  );
}

/** `notify.url`, `engine.default` and their kin: Git's configuration has them. undefined: it is none of these. */
async function inGitConfig(
  io: Io,
  name: string | undefined,
  { value, flags }: { value: string | undefined; flags: ConfigFlags },
) {
  const to = flags.unset ? "unset" : value === undefined ? "print" : { value };
  if (name?.startsWith("engine.")) {
    const { engineOption } = await import("./engine-config.ts");
    await engineOption(io, { name, level: chosenLevel(flags), to });
    return "done" as const;
  }
  const option = name === undefined ? undefined : parseOptionName(name);
  if (option?.section !== "notify") return undefined;
  const { notifyOption } = await import("./notify-config.ts");
  await notifyOption(io, { option: option.option, level: chosenLevel(flags), to });
  return "done" as const;
}

const examples = `
Examples:
  sweepline config core.remote storage         set it, in .dvc/config
  sweepline config core.remote                 print it
  sweepline config --local cache.dir /data/cache
  sweepline config engine.gpu.type slurm       an engine of your own, in Git's configuration
  sweepline config engine.gpu.slurm 'partition=gpu gres=gpu:1'
  sweepline config -l --show-origin            all options, and the file of each
`;

/** `sweepline config [name] [value]`: reads and changes DVC's config files. */
export const command: CommandFactory = (io, finish) =>
  addLevelOptions(
    new Command("config")
      .argument("[name]", "section.option or remote.NAME.option")
      .argument("[value]", "the new value; without it the value is printed")
      .option("-u, --unset", "remove the option")
      .option("-l, --list", "list all options")
      .option("--show-origin", "print the file of each value"),
  )
    .addHelpText("after", examples)
    .action(async (name: string | undefined, value: string | undefined, flags: ConfigFlags) => {
      if (!flags.list && (await inGitConfig(io, name, { value, flags })) === "done") return finish(exitCodes.ok);
      if (flags.list) listOptions(io, name, flags);
      else if (value === undefined && !flags.unset) get(io, optionNamed(name), flags);
      else changeOption(io, { option: optionNamed(name), value: flags.unset ? undefined : value }, flags);
      finish(exitCodes.ok);
    });
