import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { visible } from "../../../base/text/visible.ts";
import { readUserTemplate, unknownTemplate } from "../../../experiments/plots/user-templates.ts";
import { modifyPlot } from "../../../pipeline/edit/plot-properties.ts";
import { openProject } from "../../../project/open.ts";
import type { Project } from "../../../project/project.ts";
import { plotTemplates } from "../../../report/plots/templates.ts";
import { addPropertyOptions, type PlotPropertyFlags, plotProperties } from "../../options/plots.ts";
import { type Io, print } from "../../terminal/io.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends PlotPropertyFlags {
  readonly unset?: readonly string[];
}

async function checkTemplate(io: Io, project: Project, name: string | undefined): Promise<void> {
  if (name === undefined || Object.hasOwn(plotTemplates, name)) return;
  if ((await readUserTemplate(project, { name, saidBy: "user", cwd: io.cwd })) === undefined)
    throw unknownTemplate(name, Object.keys(plotTemplates));
}

const examples = `
Examples:
  sweepline plots modify logs.csv -x step -y loss
  sweepline plots modify predictions.csv --template confusion
  sweepline plots modify logs.csv --unset title
`;

/** `sweepline plots modify` */
export const command: CommandFactory = (io, finish) =>
  addPropertyOptions(
    new Command("modify")
      .description("Change how an output of a stage is drawn, in its dvc.yaml. One that is no plot becomes one.")
      .argument("<target>", "the output"),
  )
    .option("--unset <properties...>", "take these away: x, y, x_label, y_label, title, template, header")
    .addHelpText("after", examples)
    .action(async (target: string, options: Options) => {
      const project = openProject(io.cwd);
      await checkTemplate(io, project, options.template);
      const absolute = path.resolve(io.cwd, target);
      const stage = await modifyPlot(project, {
        target: absolute,
        shown: target,
        props: plotProperties(options),
        unset: options.unset,
      });
      const file = path.join(project.root, stage.file);
      print(io, `Modifying stage '${visible(stage.name)}' in '${visible(path.relative(io.cwd, file))}'`);
      await trackFiles(io, project, { files: [file], hint: "quiet" });
      finish(exitCodes.ok);
    });
