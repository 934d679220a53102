/** Plots of revisions in the form that was asked for: a page, JSON, or one specification. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { namedFile, readNamedFile } from "../../../base/named-file.ts";
import { insideFolder, relativePosix } from "../../../base/paths.ts";
import { visible } from "../../../base/text/visible.ts";
import type { Value, ValueMap } from "../../../base/value.ts";
import type { PlotChoice } from "../../../experiments/plots/definitions.ts";
import type { RevisionPlots } from "../../../experiments/plots/types.ts";
import { readUserTemplate } from "../../../experiments/plots/user-templates.ts";
import { plotsFolder, writePicture, writePlotsPage } from "../../../experiments/plots/written.ts";
import { realTarget } from "../../../project/gate.ts";
import type { Project } from "../../../project/project.ts";
import { jsonText } from "../../../report/json.ts";
import { type MatchedPlots, matchPlots } from "../../../report/plots/match.ts";
import { type PagePlot, plotsPage } from "../../../report/plots/page.ts";
import { pagePlots, templateFinder } from "../../../report/plots/page-plots.ts";
import { type FindTemplate, plotsJson, vegaSpec } from "../../../report/plots/render.ts";
import type { PlotFormFlags } from "../../options/plots.ts";
import { readAsset } from "../../terminal/assets.ts";
import { openInBrowser } from "../../terminal/browser.ts";
import { type Io, print } from "../../terminal/io.ts";
import { terminalOf } from "../../terminal/terminal.ts";

export interface PlotsCall {
  readonly io: Io;
  readonly project: Project;
  readonly targets: readonly string[];
  /** What the command line says of all plots. */
  readonly props: ValueMap;
  readonly options: PlotFormFlags;
}

function plotChoice({ io, project, targets, props }: PlotsCall): PlotChoice {
  return { targets, props, folder: relativePosix(project.root, io.cwd) };
}

/** The user's templates come first, as in DVC. */
function finderOf({ io, project, props }: PlotsCall): FindTemplate {
  return templateFinder((name) => {
    const saidBy = props.get("template") === name ? "user" : "file";
    return readUserTemplate(project, { name, saidBy, cwd: io.cwd });
  });
}

function checkVegaTarget({ options, targets }: PlotsCall): void {
  if (!options.showVega || targets.length === 1) return;
  const what = targets.length === 0 ? "please specify a target" : "you can only specify one target";
  throw new SweeplineError({ code: "BAD_OPTIONS", message: `${what} for \`--show-vega\``, exitCode: 1 });
}

async function jsonOf(call: PlotsCall, matched: MatchedPlots): Promise<Value> {
  const folder = plotsFolder(call.project, call.io.cwd, call.options.out);
  return plotsJson(matched, {
    find: finderOf(call),
    split: call.options.split ? "split" : "whole",
    urlOf: (picture) => writePicture(folder, picture),
  });
}

/** The user's page: named on the command line, or by the project, then a file of it. */
function pageTemplate({ io, project, options }: PlotsCall): string | undefined {
  if (options.htmlTemplate !== undefined) return readNamedFile(namedFile(io.cwd, options.htmlTemplate));
  const setting = project.config.get("plots.html_template");
  if (setting === undefined) return undefined;
  const file = path.resolve(project.dvcDir, setting);
  if (insideFolder(project.root, realTarget(file)) === undefined)
    throw new SweeplineError({
      code: "OUTSIDE_PROJECT",
      message: `plots.html_template names '${file}', which is outside of the project`,
      hint: "Name it with --html-template.",
    });
  return readNamedFile({ shown: setting, path: file });
}

async function writePage(call: PlotsCall, plots: readonly PagePlot[]): Promise<void> {
  const { io, project, options } = call;
  const template = pageTemplate(call);
  const html = plotsPage(plots, { script: readAsset("plots-page.js"), template });
  const file = writePlotsPage(plotsFolder(project, io.cwd, options.out), html);
  const address = pathToFileURL(file).href;
  print(io, address);
  // A page of the project's own runs what it likes: it is opened where somebody asks for it only.
  const isAuto = project.config.get("plots.auto_open")?.toLowerCase() === "true" && template === undefined;
  if (options.open || isAuto) await openInBrowser(io, address);
}

function warnFailed(io: Io, { errors }: MatchedPlots): void {
  const revs = [...new Set(errors.map(({ rev }) => rev))];
  if (revs.length === 0) return;
  io.stderr.write(`Failed to load some plots for following revisions: '${visible(revs.join(", "))}'.\n`);
  for (const message of new Set(errors.map((error) => error.message))) io.stderr.write(`  ${visible(message)}\n`);
}

/** Shows them. Errors: PLOT_TEMPLATE. */
async function showPlots(call: PlotsCall, revisions: readonly RevisionPlots[]): Promise<void> {
  const { io, options } = call;
  const matched = matchPlots(revisions);
  warnFailed(io, matched);
  const layout = terminalOf(io).width === "full" ? "line" : "indented";
  if (options.json) {
    io.stdout.write(jsonText(await jsonOf(call, matched), layout));
    return;
  }
  if (options.showVega) {
    const plot = matched.plots.find(({ kind }) => kind === "vega");
    if (plot?.kind === "vega") io.stdout.write(jsonText((await vegaSpec(plot, finderOf(call))).content, layout));
    return;
  }
  const plots = await pagePlots(matched, finderOf(call));
  if (plots.length === 0) io.stderr.write("No plots were loaded, visualization file will not be created.\n");
  else await writePage(call, plots);
}

/** Reads and shows plots; what is refused ends with 1, as in DVC. */
export async function printPlots(
  call: PlotsCall,
  read: (choice: PlotChoice) => Promise<readonly RevisionPlots[]>,
): Promise<void> {
  checkVegaTarget(call);
  try {
    await showPlots(call, await read(plotChoice(call)));
  } catch (error) {
    if (!(error instanceof SweeplineError) || error.exitCode !== exitCodes.refused) throw error;
    throw new SweeplineError({ ...error.toFacts(), exitCode: 1, cause: error });
  }
}
