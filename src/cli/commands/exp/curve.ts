import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { readCourse } from "../../../experiments/show/course.ts";
import { openProject } from "../../../project/open.ts";
import { courseCsv, courseCurves, courseJson } from "../../../report/curves/course.ts";
import { warn } from "../../terminal/io.ts";
import { terminalOf } from "../../terminal/terminal.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples:
  sweepline exp curve brave-ibex                 a curve for each metric
  sweepline exp curve brave-ibex loss val.loss   only these
  sweepline exp curve brave-ibex --csv           a row for each checkpoint
`;

const curveHeight = 10;
const pipeWidth = 80;

/** `sweepline exp curve` */
export const command: CommandFactory = (io, finish) =>
  new Command("curve")
    .description("Show the metrics of an experiment over its checkpoints.")
    .argument("<experiment>", "its name, or a commit of its chain")
    .argument("[metrics...]", "only these metrics, as `exp show` names them")
    .addOption(new Option("--json", "print as JSON what each checkpoint has").conflicts("csv"))
    .option("--csv", "print a row for each checkpoint")
    .addHelpText("after", examples)
    .action(
      async (
        name: string,
        metrics: readonly string[],
        options: { readonly csv?: boolean; readonly json?: boolean },
      ) => {
        const course = await readCourse(openExperiments(openProject(io.cwd)), name);
        const { width } = terminalOf(io);
        const size = { width: width === "full" ? pipeWidth : width, height: curveHeight };
        const layout = width === "full" ? "line" : "indented";
        const rows = options.json ? courseJson(course, layout) : options.csv ? courseCsv(course) : undefined;
        const text = rows ?? courseCurves(course, metrics, size);
        if (text === "") warn(io, `no checkpoint of '${course.name}' has such a metric with a number`);
        io.stdout.write(text);
        finish(exitCodes.ok);
      },
    );
