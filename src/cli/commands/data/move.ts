import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { moveData } from "../../../pipeline/data/move.ts";
import { openProject } from "../../../project/open.ts";
import { failedWith } from "../../words/refusal.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

const examples = `
Examples:
  sweepline move raw.csv data/raw.csv
  sweepline move raw.csv data            into the folder data
`;

/** `sweepline move SOURCE DESTINATION` */
export const command: CommandFactory = (io, finish) =>
  new Command("move")
    .description("Rename or move tracked data, with its .dvc file.")
    .argument("<source>", "a file or folder that a .dvc file tracks")
    .argument("<destination>", "its new name, or a folder for it")
    .addHelpText("after", examples)
    .action(async (from: string, to: string) => {
      const project = openProject(io.cwd);
      const files = await failedWith(1, `failed to move '${from}' -> '${to}'`, () =>
        withWorkspaceLock(project, (lock) => moveData({ project, folder: io.cwd, from, to, lock })),
      );
      await trackFiles(io, project, { files, hint: "print" });
      finish(exitCodes.ok);
    });
