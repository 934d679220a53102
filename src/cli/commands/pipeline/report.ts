import { Command, InvalidArgumentError } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { closeSync } from "../../../base/files.ts";
import { appendTo, openAppend } from "../../../base/open-files.ts";
import { reportsVariable } from "../../../experiments/runs/reports.ts";
import { warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly step?: number;
}

const examples = `
Examples, in the command of a stage:
  sweepline report loss=0.3 accuracy=0.91 --step 4
  for epoch in 1 2 3; do ./train; sweepline report loss=$(cat loss.txt); done
`;

function step(value: string): number {
  if (!/^\d{1,12}$/.test(value)) throw new InvalidArgumentError("not a number (0 or more)");
  return Number(value);
}

/** `loss=0.3` */
function metricOf(text: string): readonly [string, number] {
  const end = text.indexOf("=");
  const value = text.slice(end + 1).trim();
  const number = /^[+-]?(nan|inf(inity)?)$/i.test(value) ? Number.NaN : Number(value);
  if (end > 0 && value !== "" && (!Number.isNaN(number) || /nan|inf/i.test(value))) return [text.slice(0, end), number];
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `'${text}' is no metric with a number`,
    hint: "Write NAME=NUMBER: sweepline report loss=0.3 --step 4",
  });
}

/** `sweepline report`: one line in the file that the run's process looks at. */
export const command: CommandFactory = (io, finish) =>
  new Command("report")
    .description("In a stage: report metrics of a step, by which --stop-early ends hopeless runs.")
    .argument("<metrics...>", "NAME=NUMBER")
    .option("--step <n>", "which step it is (default: the next one)", step)
    .addHelpText("after", examples)
    .action((texts: readonly string[], options: Options) => {
      const metrics = Object.fromEntries(texts.map(metricOf));
      const file = io.env[reportsVariable];
      if (file === undefined || file === "") warn(io, "nobody looks at steps here: runs of --stop-early do");
      else appendLine(file, JSON.stringify({ ...options, metrics }));
      finish(exitCodes.ok);
    });

function appendLine(file: string, line: string): void {
  const handle = openAppend(file);
  try {
    appendTo(handle, `${line}\n`);
  } finally {
    closeSync(handle);
  }
}
