import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { realpathSync } from "../../../base/files.ts";
import { openProject } from "../../../project/open.ts";
import { print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

/** `sweepline root` */
export const command: CommandFactory = (io, finish) =>
  new Command("root")
    .description("Print the path from here to the project's root.")
    .addHelpText("after", '\nExample:\n  cd "$(sweepline root)"\n')
    .action(() => {
      print(io, path.relative(realpathSync(io.cwd), openProject(io.cwd).root) || ".");
      finish(exitCodes.ok);
    });
