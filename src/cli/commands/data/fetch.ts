import { exitCodes } from "../../../base/errors.ts";
import { fetchTracked } from "../../../pipeline/data/transfer.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import { filesText } from "../../words/plural.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { type DataCommandFlags, dataCommand, namedTargets, transferData } from "./data-transfer.ts";

const examples = `
Examples:
  sweepline fetch                              into the cache; the workspace stays as it is
  sweepline fetch -a -T                        the data of all branches and tags
`;

/** `sweepline fetch [targets]` */
export const command: CommandFactory = (io, finish) =>
  dataCommand("fetch")
    .description("Download tracked data into the cache.")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: DataCommandFlags) => {
      const { transferred } = await refusedAs("failed to fetch data from the cloud", async () =>
        transferData(
          io,
          { project: openProject(io.cwd), targets: namedTargets(io, targets, flags), flags, what: "Downloading" },
          fetchTracked,
        ),
      );
      if (flags.json) printJson(io, JSON.stringify({ fetched: transferred }));
      else if (!flags.quiet)
        print(io, transferred === 0 ? "Everything is up to date." : filesText(transferred, "fetched"));
      finish(exitCodes.ok);
    });
