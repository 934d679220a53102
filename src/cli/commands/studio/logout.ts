import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { readDvcConfig } from "../../../project/config.ts";
import { unsetOption } from "../../../project/config-edit.ts";
import { changeConfig, dvcConfigPlace } from "../../../project/config-place.ts";
import { print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { notLoggedIn } from "./account.ts";

const examples = `
Examples:
  sweepline studio logout
`;

/** `sweepline studio logout` */
export const command: CommandFactory = (io, finish) =>
  new Command("logout")
    .description("Forget the access token of Studio.")
    .addHelpText("after", examples)
    .action(() => {
      const place = dvcConfigPlace(io, "global");
      if (!readDvcConfig(place.file).get("studio.token")) throw notLoggedIn();
      changeConfig(place, {
        edit: (text) => unsetOption(text, { section: "studio", option: "token" }),
        refusal: "",
        mode: 0o600,
      });
      print(io, "Logged out from Studio (you can log back in with 'sweepline studio login')");
      finish(exitCodes.ok);
    });
