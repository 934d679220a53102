import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { jsonText } from "../../../report/json.ts";
import { plainToValue } from "../../../report/plots/render.ts";
import { plotTemplates } from "../../../report/plots/templates.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
A template of your own starts as one of these:
  sweepline plots templates simple > .dvc/plots/mine.json
  sweepline plots show logs.csv -t mine
`;

/** `sweepline plots templates` */
export const command: CommandFactory = (io, finish) =>
  new Command("templates")
    .description("List the templates of plots, or print one: a Vega-Lite specification with anchors for the data.")
    .argument("[template]", "the one to print")
    .addHelpText("after", examples)
    .action((name: string | undefined) => {
      const names = Object.keys(plotTemplates);
      if (name === undefined) io.stdout.write(`${names.join("\n")}\n`);
      else if (names.includes(name)) {
        const layout = terminalOf(io).width === "full" ? "line" : "indented";
        io.stdout.write(jsonText(plainToValue(plotTemplates[name]), layout));
      } else
        throw new SweeplineError({
          code: "PLOT_TEMPLATE",
          message: `Unexpected template: ${name}.`,
          hint: `There are ${names.join(", ")}.`,
          exitCode: 1,
        });
      finish(exitCodes.ok);
    });
