import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { isOnPath } from "../../../base/processes.ts";
import { type DvcConfigPlace, dvcConfigPlace } from "../../../project/config-place.ts";
import { installRclone } from "../../../store/rclone/process.ts";
import { wayTo } from "../../../store/remotes/open.ts";
import {
  addRemote,
  defaultRemoteAt,
  listRemotes,
  modifyRemote,
  type RemoteOptionChange,
  remoteKey,
  removeRemote,
  setDefaultRemote,
} from "../../../store/remotes/settings.ts";
import { addLevelOptions, chosenLevel, type LevelFlags } from "../../options/config-level.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface RemoteFlags extends LevelFlags {
  readonly default?: boolean;
  readonly force?: boolean;
  readonly unset?: boolean;
  readonly json?: boolean;
}

interface Call {
  readonly io: Io;
  readonly flags: RemoteFlags;
}

function placeOf({ io, flags }: Call): DvcConfigPlace {
  return dvcConfigPlace(io, chosenLevel(flags) ?? "project");
}

function warnOfWay(io: Io, key: string, url: string): void {
  const way = wayTo(url);
  if (way === "nothing")
    warn(io, `sweepline neither pushes to '${key}' nor pulls from it: remotes of this kind are for DVC alone`);
  if (way === "rclone" && !isOnPath("rclone", io.env))
    warn(io, `remote '${key}' needs rclone, which is not installed here. ${installRclone}`);
}

function runAdd(call: Call, name: string, url: string): void {
  const { io, flags } = call;
  const place = placeOf(call);
  const key = remoteKey(name);
  const makesDefault = flags.default === true;
  // As DVC: said before it is tried.
  if (makesDefault) print(io, `Setting '${key}' as a default remote.`);
  addRemote(place, { name, url, makesDefault, existing: flags.force ? "replace" : "refuse" });
  warnOfWay(io, key, url);
}

function runList({ io, flags }: Call): void {
  const remotes = listRemotes(io, chosenLevel(flags));
  if (flags.json) printJson(io, JSON.stringify(remotes));
  else for (const remote of remotes) print(io, `${remote.name}\t${remote.url}${remote.default ? "\t(default)" : ""}`);
}

function runModify(call: Call, change: RemoteOptionChange): void {
  const value = call.flags.unset ? undefined : change.value;
  const { name, option, hasEffect } = modifyRemote(placeOf(call), { ...change, value });
  if (!hasEffect) warn(call.io, `'${option}' has no effect on remote '${name}': sweepline does without`);
}

function showDefault(call: Call): ExitCode {
  const name = defaultRemoteAt(placeOf(call));
  print(call.io, name ?? "No default remote set");
  return name === undefined ? 1 : exitCodes.ok;
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
      runAdd({ io, flags }, name, url);
      finish(exitCodes.ok);
    });

export const list: CommandFactory = (io, finish) =>
  addLevelOptions(new Command("list").option("--json", "print as JSON"))
    .addHelpText("after", examples.list)
    .action((flags: RemoteFlags) => {
      runList({ io, flags });
      finish(exitCodes.ok);
    });

export const remove: CommandFactory = (io, finish) =>
  addLevelOptions(new Command("remove").argument("<name>", "the remote's name"))
    .addHelpText("after", examples.remove)
    .action((name: string, flags: RemoteFlags) => {
      removeRemote(placeOf({ io, flags }), name);
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
      runModify({ io, flags }, { name, option, value });
      finish(exitCodes.ok);
    });

export const defaults: CommandFactory = (io, finish) =>
  addLevelOptions(
    new Command("default").argument("[name]", "the remote's name").option("-u, --unset", "have no default"),
  )
    .addHelpText("after", examples.default)
    .action((name: string | undefined, flags: RemoteFlags) => {
      if (name === undefined && !flags.unset) return finish(showDefault({ io, flags }));
      setDefaultRemote(placeOf({ io, flags }), flags.unset ? undefined : name);
      finish(exitCodes.ok);
    });
