import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { isOnPath } from "../../../base/processes.ts";
import { withoutCredentials } from "../../../base/text/secrets.ts";
import { configError, configLevels, readConfigLevel, readDvcConfig, remoteNames } from "../../../project/config.ts";
import {
  type ConfigOption,
  editConfigFile,
  isPathOption,
  pathForConfig,
  removeSection,
  setOption,
  unsetOption,
} from "../../../project/config-edit.ts";
import { findDvcDir } from "../../../project/upwards.ts";
import { installRclone } from "../../../store/rclone/process.ts";
import { hasNoEffect, wayTo } from "../../../store/remotes/open.ts";
import { addLevelOptions, chosenLevel, type LevelFlags, levelFile, lowerValues } from "../../options/config-level.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface RemoteFlags extends LevelFlags {
  readonly default?: boolean;
  readonly force?: boolean;
  readonly unset?: boolean;
  readonly json?: boolean;
}

const defaultRemote: ConfigOption = { section: "core", option: "remote" };

function section(name: string): string {
  return `remote "${name.toLowerCase()}"`;
}

interface Call {
  readonly io: Io;
  readonly flags: RemoteFlags;
}

function edit({ io, flags }: Call, change: (text: string) => string | undefined, refusal: string): void {
  const level = chosenLevel(flags) ?? "project";
  editConfigFile(levelFile(io, level), lowerValues(io, level), { edit: change, refusal });
}

function missing(name: string): string {
  return `remote '${name}' doesn't exist.`;
}

/** Values of the chosen level and of those below it. */
function knownValues({ io, flags }: Call): Map<string, string> {
  const level = chosenLevel(flags) ?? "project";
  return new Map([...lowerValues(io, level), ...readDvcConfig(levelFile(io, level))]);
}

function addRemote(call: Call, name: string, url: string): void {
  const { io, flags } = call;
  const key = name.toLowerCase();
  const file = levelFile(io, chosenLevel(flags) ?? "project");
  if (flags.default) print(io, `Setting '${key}' as a default remote.`);
  const written = pathForConfig(url, io.cwd, file);
  const refusal = `remote '${key}' already exists. Use \`-f|--force\` to overwrite it.`;
  const change = (text: string) => {
    const isKnown = removeSection(text, section(key)) !== undefined;
    if (isKnown && !flags.force) return undefined;
    const fresh = isKnown ? (removeSection(text, section(key)) ?? text) : text;
    const added = setOption(fresh, { section: section(key), option: "url" }, written);
    return flags.default ? setOption(added, defaultRemote, key) : added;
  };
  edit(call, change, refusal);
  const way = wayTo(url);
  if (way === "nothing")
    warn(io, `sweepline neither pushes to '${key}' nor pulls from it: remotes of this kind are for DVC alone`);
  if (way === "rclone" && !isOnPath("rclone", io.env))
    warn(io, `remote '${key}' needs rclone, which is not installed here. ${installRclone}`);
}

function listRemotes({ io, flags }: Call): void {
  const level = chosenLevel(flags);
  const levels = level === undefined ? configLevels : [level];
  const dvcDir = findDvcDir(io.cwd);
  const values = new Map(levels.flatMap((each) => [...readConfigLevel(each, dvcDir, io.env)]));
  const remotes = remoteNames(values).map((name) => ({
    name,
    url: withoutCredentials(values.get(`remote.${name}.url`) ?? ""),
    default: values.get("core.remote") === name,
  }));
  if (flags.json) printJson(io, JSON.stringify(remotes));
  else for (const remote of remotes) print(io, `${remote.name}\t${remote.url}${remote.default ? "\t(default)" : ""}`);
}

/** The default goes with the remote, also where a higher level names it. */
function removeRemote(call: Call, name: string): void {
  const { io, flags } = call;
  const key = name.toLowerCase();
  edit(call, (text) => removeSection(text, section(key)), missing(key));
  const chosen = configLevels.indexOf(chosenLevel(flags) ?? "project");
  for (const level of configLevels.slice(chosen)) {
    const file = levelFile(io, level);
    if (readDvcConfig(file).get("core.remote") !== key) continue;
    const change = { edit: (text: string) => unsetOption(text, defaultRemote) ?? text, refusal: "" };
    editConfigFile(file, lowerValues(io, level), change);
  }
}

interface Modification {
  readonly name: string;
  readonly option: string;
  readonly value: string | undefined;
}

function modifyRemote(call: Call, args: Modification): void {
  const { io, flags } = call;
  const name = args.name.toLowerCase();
  if (!remoteNames(knownValues(call)).includes(name)) throw configError(missing(name));
  const target = { section: section(name), option: args.option.toLowerCase() };
  const file = levelFile(io, chosenLevel(flags) ?? "project");
  const { value } = args;
  const written = value !== undefined && isPathOption(target) ? pathForConfig(value, io.cwd, file) : value;
  const isUnset = flags.unset || written === undefined;
  edit(call, (text) => (isUnset ? (unsetOption(text, target) ?? text) : setOption(text, target, written)), "");
  const url = knownValues(call).get(`remote.${name}.url`) ?? "";
  if (!isUnset && hasNoEffect(url, target.option))
    warn(io, `'${target.option}' has no effect on remote '${name}': sweepline does without`);
}

function showDefault(call: Call): ExitCode {
  const value = knownValues(call).get("core.remote");
  print(call.io, value ?? "No default remote set");
  return value === undefined ? 1 : exitCodes.ok;
}

function setDefault(call: Call, name: string | undefined): void {
  const key = call.flags.unset ? undefined : name?.toLowerCase();
  if (key !== undefined && !remoteNames(knownValues(call)).includes(key))
    throw configError("default remote must be present in remote list.");
  const change = (text: string) =>
    key === undefined ? (unsetOption(text, defaultRemote) ?? text) : setOption(text, defaultRemote, key);
  edit(call, change, "");
}

const examples = {
  add: `
Examples:
  sweepline remote add -d storage /mnt/share/storage
  sweepline remote add --local scratch ../scratch      for this clone only
`,
  list: `
Examples:
  sweepline remote list
  sweepline remote list --json
`,
  remove: `
Example:
  sweepline remote remove storage
`,
  modify: `
Examples:
  sweepline remote modify storage url /mnt/new/storage
  sweepline remote modify storage jobs -u              take the option out
`,
  default: `
Examples:
  sweepline remote default                     print it
  sweepline remote default storage
  sweepline remote default -u                  have none
`,
};

export const add: CommandFactory = (io, finish) =>
  addLevelOptions(
    new Command("add")
      .argument("<name>", "the remote's name")
      .argument("<url>", "a folder or a URL")
      .option("-d, --default", "make it the default remote")
      .option("-f, --force", "replace a remote of that name"),
  )
    .addHelpText("after", examples.add)
    .action((name: string, url: string, flags: RemoteFlags) => {
      addRemote({ io, flags }, name, url);
      finish(exitCodes.ok);
    });

export const list: CommandFactory = (io, finish) =>
  addLevelOptions(new Command("list").option("--json", "print as JSON"))
    .addHelpText("after", examples.list)
    .action((flags: RemoteFlags) => {
      listRemotes({ io, flags });
      finish(exitCodes.ok);
    });

export const remove: CommandFactory = (io, finish) =>
  addLevelOptions(new Command("remove").argument("<name>", "the remote's name"))
    .addHelpText("after", examples.remove)
    .action((name: string, flags: RemoteFlags) => {
      removeRemote({ io, flags }, name);
      finish(exitCodes.ok);
    });

export const modify: CommandFactory = (io, finish) =>
  addLevelOptions(
    new Command("modify")
      .argument("<name>", "the remote's name")
      .argument("<option>", "the option's name")
      .argument("[value]", "the new value")
      .option("-u, --unset", "remove the option"),
  )
    .addHelpText("after", examples.modify)
    .action((name: string, option: string, value: string | undefined, flags: RemoteFlags) => {
      modifyRemote({ io, flags }, { name, option, value });
      finish(exitCodes.ok);
    });

export const defaults: CommandFactory = (io, finish) =>
  addLevelOptions(
    new Command("default").argument("[name]", "the remote's name").option("-u, --unset", "have no default"),
  )
    .addHelpText("after", examples.default)
    .action((name: string | undefined, flags: RemoteFlags) => {
      if (name === undefined && !flags.unset) return finish(showDefault({ io, flags }));
      setDefault({ io, flags }, name);
      finish(exitCodes.ok);
    });
