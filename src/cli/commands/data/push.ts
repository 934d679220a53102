import { exitCodes } from "../../../base/errors.ts";
import { pushTracked } from "../../../pipeline/data/transfer.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import { filesText } from "../../words/plural.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { type DataCommandFlags, dataCommand, namedTargets, transferData } from "./data-transfer.ts";

const examples = `
Examples:
  sweepline push                               all that the workspace tracks
  sweepline push train model.pt -r storage
  sweepline push -A -j 16                      the data of all commits
`;

/** `sweepline push [targets]` */
export const command: CommandFactory = (io, finish) =>
  dataCommand("push")
    .description("Upload tracked data to a storage remote.")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: DataCommandFlags) => {
      const { transferred } = await refusedAs("failed to push data to the cloud", async () =>
        transferData(
          io,
          { project: openProject(io.cwd), targets: namedTargets(io, targets, flags), flags, what: "Uploading" },
          pushTracked,
        ),
      );
      if (flags.json) printJson(io, JSON.stringify({ pushed: transferred }));
      else if (!flags.quiet)
        print(io, transferred === 0 ? "Everything is up to date." : filesText(transferred, "pushed"));
      finish(exitCodes.ok);
    });
