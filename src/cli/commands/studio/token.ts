import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { readDvcConfig } from "../../../project/config.ts";
import { levelFile } from "../../../project/config-place.ts";
import { print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { notLoggedIn } from "./account.ts";

const examples = `
Examples:
  DVC_STUDIO_TOKEN=$(sweepline studio token) python train.py
`;

/** `sweepline studio token` */
export const command: CommandFactory = (io, finish) =>
  new Command("token")
    .description("Print the access token of Studio that `studio login` keeps.")
    .addHelpText("after", examples)
    .action(() => {
      const token = readDvcConfig(levelFile(io, "global")).get("studio.token");
      if (!token) throw notLoggedIn();
      print(io, token);
      finish(exitCodes.ok);
    });
