import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { destroyProject } from "../../../experiments/upkeep/destroy.ts";
import { openProject } from "../../../project/open.ts";
import { confirm } from "../../terminal/confirm.ts";
import { print } from "../../terminal/io.ts";
import { failedWith } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

const question = "Are you sure you want to continue?";

const examples = `
Examples:
  sweepline destroy
  sweepline destroy -f                         without a question
`;

/** `sweepline destroy` */
export const command: CommandFactory = (io, finish) =>
  new Command("destroy")
    .description("Remove pipeline files, settings and the cache. Data in the workspace and experiments' commits stay.")
    .option("-f, --force", "do not ask")
    .addHelpText("after", examples)
    .action(async ({ force }: { readonly force?: boolean }) => {
      const project = openProject(io.cwd);
      print(
        io,
        "This will destroy all information about your pipelines, all data files, as well as cache in .dvc/cache.",
      );
      await failedWith(1, "failed to destroy DVC", async () => {
        if (!force && !(await confirm(io, question)))
          throw new SweeplineError({
            code: "NOT_CONFIRMED",
            message: "cannot destroy without a confirmation from the user. Use `-f` to force.",
          });
        await destroyProject(project, (work) => withWorkspaceLock(project, work));
      });
      finish(exitCodes.ok);
    });
