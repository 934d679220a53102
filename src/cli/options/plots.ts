/** What the commands of `plots` share: how plots are to be drawn, and in which form they are shown. */
import { type Command, Option } from "commander";
import type { Value, ValueMap } from "../../base/value.ts";

export interface PlotPropertyFlags {
  readonly template?: string;
  readonly x?: string;
  readonly y?: string;
  /** false with --no-header. */
  readonly header: boolean;
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

export interface PlotFormFlags {
  readonly out?: string;
  readonly showVega?: boolean;
  readonly json?: boolean;
  readonly split?: boolean;
  readonly open?: boolean;
  readonly htmlTemplate?: string;
}

/** Only what was said, in DVC's order. */
export function plotProperties(flags: PlotPropertyFlags): ValueMap {
  const { template, x, y, header, title, xLabel, yLabel } = flags;
  const given: readonly (readonly [string, Value | undefined])[] = [
    ["template", template],
    ["x", x],
    ["y", y],
    ["x_label", xLabel],
    ["y_label", yLabel],
    ["title", title],
    ["header", header ? undefined : false],
  ];
  return new Map(given.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

export function addPropertyOptions(command: Command): Command {
  return command
    .option("-t, --template <name>", "one of `plots templates`, one of yours in .dvc/plots, or a file")
    .option("-x <field>", "column of the x axis")
    .option("-y <field>", "column of the y axis")
    .option("--no-header", "the first line of a CSV or TSV file is data")
    .option("--title <text>", "title of the plot")
    .option("--x-label <text>", "text at the x axis")
    .option("--y-label <text>", "text at the y axis");
}

export function addFormOptions(command: Command): Command {
  return command
    .option("-o, --out <folder>", "folder of the page (default: dvc_plots)")
    .addOption(new Option("--show-vega", "print the Vega-Lite specification of one target").conflicts(["json"]))
    .option("--json", "print data and specifications as JSON, as DVC does")
    .addOption(new Option("--split", "with --json: leave anchors in templates, and their values beside").hideHelp())
    .option("--open", "open the page in a browser ($BROWSER)")
    .option("--html-template <file>", "your page, with {plot_divs} and {scripts} in it");
}
