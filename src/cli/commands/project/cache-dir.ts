import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { configError, readDvcConfig } from "../../../project/config.ts";
import { pathForConfig, setOption, unsetOption } from "../../../project/config-edit.ts";
import { changeConfig, dvcConfigPlace, levelFile } from "../../../project/config-place.ts";
import { openProject } from "../../../project/open.ts";
import { addLevelOptions, chosenLevel, type LevelFlags } from "../../options/config-level.ts";
import { type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Flags extends LevelFlags {
  readonly unset?: boolean;
}

const option = { section: "cache", option: "dir" };
const refusal = "option 'dir' doesn't exist in section 'cache'";

const examples = `
Examples:
  sweepline cache dir                    where the cache is
  sweepline cache dir ../shared-cache    elsewhere: relative to the current folder
  sweepline cache dir -u                 in .dvc/cache again
`;

/** The value of one level's file, or the folder that the project uses. */
function show(io: Io, flags: Flags): void {
  const level = chosenLevel(flags);
  if (level === undefined) {
    print(io, openProject(io.cwd).cacheDir);
    return;
  }
  const file = levelFile(io, level);
  const value = readDvcConfig(file).get("cache.dir");
  if (value === undefined) throw configError(refusal);
  print(io, path.resolve(path.dirname(file), value));
}

function change(io: Io, value: string | undefined, flags: Flags): void {
  const place = dvcConfigPlace(io, chosenLevel(flags) ?? "project");
  changeConfig(place, {
    edit: (text) =>
      value === undefined
        ? unsetOption(text, option)
        : setOption(text, option, pathForConfig(value, io.cwd, place.file)),
    refusal,
  });
}

/** `sweepline cache dir [FOLDER]` */
export const command: CommandFactory = (io, finish) =>
  addLevelOptions(
    new Command("dir")
      .description("Print or set where the cache is. What it holds stays where it was.")
      .argument("[value]", "the folder; without it the one in use is printed")
      .option("-u, --unset", "take the setting away"),
  )
    .addHelpText("after", examples)
    .action((value: string | undefined, flags: Flags) => {
      if (value === undefined && !flags.unset) show(io, flags);
      else change(io, flags.unset ? undefined : value, flags);
      finish(exitCodes.ok);
    });
