import path from "node:path";
import { Command, Option } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { namedFile, withNamedFile } from "../../../base/named-file.ts";
import { writeNamedFile } from "../../../base/named-output.ts";
import { withoutCredentials } from "../../../base/text/secrets.ts";
import { visible } from "../../../base/text/visible.ts";
import { type ExportTable, exportTable } from "../../../experiments/export/rows.ts";
import { webAddress } from "../../../experiments/live/web-post.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { collectExperiments } from "../../../experiments/show/collect.ts";
import { openProject } from "../../../project/open.ts";
import { collect, integer } from "../../options/arguments.ts";
import { addWhereOption, tellInVain } from "../../options/find.ts";
import { type Io, print, printJson, warn } from "../../terminal/io.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly mlflow?: string;
  readonly mlflowExperiment?: string;
  readonly openmetrics?: string;
  readonly parquet?: string;
  readonly allCommits?: boolean;
  readonly rev?: readonly string[];
  readonly num: number;
  readonly sweep?: string;
  readonly where?: readonly string[];
  readonly json?: boolean;
}

interface Exported {
  readonly table: ExportTable;
  readonly context: ExperimentsContext;
}

interface MlflowTarget {
  /** A folder or the address of a server. */
  readonly target: string;
  /** What MLflow calls it. */
  readonly experiment: string;
}

async function tableOf(io: Io, options: Options): Promise<Exported> {
  const context = openExperiments(openProject(io.cwd));
  const { rev: revs = [], num: count, allCommits = false, sweep, where } = options;
  const collected = await refusedAs("failed to export experiments", () =>
    collectExperiments(context, {
      revisions: { revs, count, allCommits, allBranches: false, allTags: false },
      hide: new Set(["workspace", "queued", "failed"]),
      params: "all",
      naming: "ids",
      ...(sweep === undefined ? {} : { sweep }),
    }),
  );
  if (where === undefined) return { table: exportTable(collected), context };
  const { onlyRows } = await import("../../../experiments/find/find.ts");
  const { chooseOrLook, isFinished } = await import("../../../experiments/find/scope.ts");
  const request = { where, best: undefined, top: undefined };
  const looked = { request, baselines: collected, isMeant: isFinished };
  const { rows, inVain } = await chooseOrLook(context, looked, { allCommits, revs, sweep });
  tellInVain(io, inVain);
  return { table: exportTable(onlyRows(collected, rows)), context };
}

/** New runs of MLflow, in a folder or a server. */
async function toMlflow(io: Io, { target, experiment }: MlflowTarget, { table, context }: Exported) {
  const url = /^https?:/i.test(target) ? webAddress(target) : undefined;
  if (target === "" || (url === undefined && /^https?:/i.test(target)))
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: `--mlflow: '${visible(target)}' is neither a folder nor the address of a web server`,
    });
  const { mlflowRuns } = await import("../../../experiments/export/mlflow-runs.ts");
  const { runTimes } = await import("../../../experiments/runs/run-times.ts");
  const runs = mlflowRuns(table, { project: path.basename(context.project.root), times: runTimes(context.state) });
  if (url !== undefined) {
    const { MlflowServer } = await import("../../../experiments/export/mlflow-server.ts");
    return new MlflowServer(url, io.env).write(experiment, runs);
  }
  const { writeMlflowFolder } = await import("../../../experiments/export/mlflow-folder.ts");
  return withNamedFile(namedFile(io.cwd, target), (folder) =>
    writeMlflowFolder(path.normalize(folder), experiment, runs),
  );
}

async function write(io: Io, options: Options): Promise<void> {
  const { mlflow, openmetrics, parquet } = options;
  if (mlflow === undefined && openmetrics === undefined && parquet === undefined)
    throw new SweeplineError({
      code: "NOTHING_CHOSEN",
      message: "name at least one of --mlflow, --openmetrics and --parquet",
    });
  const { table, context } = await tableOf(io, options);
  const written: { to: string; runs?: number }[] = [];
  const file = (shown: string, bytes: string | Uint8Array) => {
    withNamedFile(namedFile(io.cwd, shown), (name) => writeNamedFile(name, bytes));
    written.push({ to: shown });
  };
  if (openmetrics !== undefined) {
    const { toOpenMetrics } = await import("../../../experiments/export/openmetrics.ts");
    file(openmetrics, toOpenMetrics(table));
  }
  if (parquet !== undefined) {
    const { toParquet } = await import("../../../experiments/export/parquet.ts");
    file(parquet, toParquet(table));
  }
  if (mlflow !== undefined) {
    const experiment = options.mlflowExperiment ?? path.basename(context.project.root);
    const runs = await toMlflow(io, { target: mlflow, experiment }, { table, context });
    written.push({ to: withoutCredentials(mlflow), runs });
  }
  const { length } = table.rows;
  if (length === 0 && options.where === undefined)
    warn(io, "there are no finished experiments here: -A exports those of all commits");
  if (options.json) printJson(io, JSON.stringify({ experiments: length, written }));
  else
    for (const { to, runs } of written)
      print(
        io,
        `Exported ${length === 1 ? "1 experiment" : `${length} experiments`} to '${visible(to)}'${runs === undefined ? "" : `: ${runs} new runs`}.`,
      );
}

const examples = `
Examples:
  sweepline exp export --parquet all.parquet -A            pandas.read_parquet("all.parquet")
  sweepline exp export --mlflow mlruns --sweep s-1a2b3c    a run of MLflow each, below one for the sweep
  sweepline exp export --mlflow http://127.0.0.1:5000
  sweepline exp export --openmetrics metrics.txt --where 'accuracy > 0.9'
`;

/** `sweepline exp export` */
export const command: CommandFactory = (io, finish) =>
  addWhereOption(
    new Command("export")
      .description("Write finished experiments for other programs: MLflow, OpenMetrics, Parquet.")
      .option(
        "--mlflow <place>",
        "runs in a folder (mlruns) or a server (http://...) of MLflow; those that are there stay",
      )
      .option("--mlflow-experiment <name>", "what MLflow calls it (default: the project's folder)")
      .option("--openmetrics <file>", "metrics and parameters in the text format of OpenMetrics")
      .option("--parquet <file>", "one row an experiment, for notebooks")
      .option("-A, --all-commits", "of all commits")
      .option("--rev <commit>", "of that commit (repeatable; default: HEAD)", collect)
      .option("-n, --num <n>", "and of the commits before it, n in all (-1: of all)", integer, 1)
      .addOption(new Option("--sweep <id>", "only the experiments of that sweep"))
      .option("--json", "print as JSON what was done")
      .addHelpText("after", examples),
  ).action(async (options: Options) => {
    await write(io, options);
    finish(exitCodes.ok);
  });
