/** Experiments as a page in one file, for whoever was asked for it. */
import path from "node:path";
import { namedFile, withNamedFile } from "../../base/named-file.ts";
import { writeNamedFile } from "../../base/named-output.ts";
import { version } from "../../base/version.ts";
import { plotsOfCommits } from "../../experiments/plots/collect.ts";
import type { Baseline } from "../../experiments/reading/types.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { failureLogs } from "../../experiments/show/failure-logs.ts";
import { newestFinished } from "../../experiments/show/newest.ts";
import type { PageData, PageFailure } from "../../report/page/contract.ts";
import { reportPage } from "../../report/page/html.ts";
import { pageData } from "../../report/page/page-data.ts";
import { readAsset } from "../terminal/assets.ts";
import type { Io } from "../terminal/io.ts";

/** What pages tell of experiments: also of the ends of logs, and of curves. */
async function readPageData(
  context: ExperimentsContext,
  baselines: readonly Baseline[],
  title?: string,
): Promise<PageData> {
  return pageData(baselines, {
    title: title ?? `Experiments of ${path.basename(context.project.root)}`,
    madeBy: `sweepline ${version}`,
    now: Math.floor(Date.now() / 1000),
    logs: failureLogs(baselines),
    plots: await plotsOfCommits(context, newestFinished(baselines)),
  });
}

export interface ReportFile {
  /** As it was typed; `-`: standard output. */
  readonly file: string;
  readonly title?: string;
  /** Failures that are not on record here. */
  readonly failures?: readonly PageFailure[];
}

/** Writes it whole, and replaces one that is there. Errors: FILE_REFUSED. */
export async function writeReportFile(
  io: Io,
  context: ExperimentsContext,
  { baselines, file, title, failures = [] }: ReportFile & { readonly baselines: readonly Baseline[] },
): Promise<void> {
  const data = await readPageData(context, baselines, title);
  const page = { ...data, failures: [...data.failures, ...failures] };
  const html = reportPage(page, { script: readAsset("report-page.js"), style: readAsset("page-style.css") });
  if (file === "-" || file === "/dev/stdout") io.stdout.write(html);
  else withNamedFile(namedFile(io.cwd, file), (name) => writeNamedFile(name, html));
}
