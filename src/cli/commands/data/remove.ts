import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { removeStages } from "../../../pipeline/edit/remove-stage.ts";
import { openProject } from "../../../project/open.ts";
import { openCache } from "../../../store/cache.ts";
import { failedWith } from "../../words/refusal.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

const examples = `
Examples:
  sweepline remove raw.csv.dvc            no longer track raw.csv, which stays
  sweepline remove raw.csv.dvc --outs     remove raw.csv too; the cache keeps it until \`sweepline gc\`
  sweepline remove train                  take a stage out of dvc.yaml and dvc.lock
`;

/** `sweepline remove TARGET...` */
export const command: CommandFactory = (io, finish) =>
  new Command("remove")
    .description("Stop tracking data, or take stages out of dvc.yaml.")
    .argument("<targets...>", ".dvc files, stages, dvc.yaml files")
    .option("--outs", "remove the data from the workspace too")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], { outs }: { readonly outs?: boolean }) => {
      const project = openProject(io.cwd);
      const data = outs ? "remove" : "unprotect";
      const files = await failedWith(1, undefined, () =>
        withWorkspaceLock(project, (lock) =>
          removeStages({ project, cache: openCache(project), folder: io.cwd, targets, data, lock }),
        ),
      );
      await trackFiles(io, project, { files, hint: "quiet" });
      finish(exitCodes.ok);
    });
