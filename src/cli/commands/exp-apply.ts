import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../base/errors.ts";
import { applyExperiment } from "../../experiments/apply.ts";
import { openExperiments } from "../../experiments/repository.ts";
import { checkoutFailed, checkoutOutputs } from "../../pipeline/data/checkout.ts";
import { openCache } from "../../store/cache.ts";
import { openProject } from "../../store/open.ts";
import type { CommandFactory } from "../catalog.ts";
import { print } from "../io.ts";

/** `sweepline exp apply` */
export const command: CommandFactory = (io, finish) =>
  new Command("apply")
    .description("Lay an experiment over the workspace: its files and its outputs. HEAD stays where it is.")
    .argument("<experiment>", "name, commit id or full ref; also of a queued or failed one")
    .addHelpText(
      "after",
      `
Changes that you had are kept. To get them back:
  git reset --hard && git stash apply refs/exps/apply/stash
`,
    )
    .action(async (name: string) => {
      const project = openProject(process.cwd());
      const applied = await applyExperiment(openExperiments(project), name);
      const { failed } = await checkoutOutputs({
        project,
        cache: openCache(project),
        folder: project.root,
        targets: [],
        recursive: false,
        unsaved: "overwrite",
        links: "keep",
        missing: "refuse",
      });
      print(io, `Changes for experiment '${applied.name}' have been applied to your current workspace.`);
      if (applied.stash !== undefined)
        print(io, "\nThe changes that you had are kept: git reset --hard && git stash apply refs/exps/apply/stash");
      if (failed.length > 0) throw checkoutFailed(failed.map((file) => path.relative(process.cwd(), file)));
      finish(exitCodes.ok);
    });
