import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { pause } from "../../../base/pause.ts";
import { someOf } from "../../../base/text/listing.ts";
import { jsonOf } from "../../../base/text/visible.ts";
import { type QueueStatus, queueStatus } from "../../../experiments/queue/status.ts";
import type { RunState } from "../../../experiments/reading/types.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { takesEscapes } from "../../../report/escapes.ts";
import { queueScreen, queueText } from "../../../report/queue-table.ts";
import { addScopeOptions, addWhereOption, tellInVain } from "../../options/find.ts";
import type { Io } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { onlyTasks, tasksWhere, type WhereFlags } from "./where.ts";

interface Options extends WhereFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly verbose?: boolean;
}

const watchMs = 1_000;

const anyState: ReadonlySet<RunState> = new Set(["running", "queued", "failed", "success"]);

/** All times in seconds since the epoch, as Git has them. */
function inSeconds({ tasks, ...status }: QueueStatus) {
  const plain = tasks.map(({ attempts, ...task }) => ({
    ...task,
    attempts: attempts.map((attempt) => ({
      ...attempt,
      endedAt: attempt.endedAt / 1000,
      notBefore: attempt.notBefore / 1000,
    })),
  }));
  return { tasks: plain, ...status };
}

function textOf(status: QueueStatus, options: Options): string {
  if (options.json) return `${jsonOf(inSeconds(status))}\n`;
  return queueText(status, new Date(), options.verbose ? "details" : "plain");
}

/** What fits on the terminal: more would scroll away at each drawing, the running ones first. */
function screenText({ stdout }: Io, status: QueueStatus, options: Options): string {
  // A terminal may say 0 before it knows its size.
  const size = { columns: stdout.columns || 80, rows: (stdout.rows || 24) - 1 };
  return queueScreen(status, new Date(), { columns: options.verbose ? "details" : "plain", size });
}

/** Over what stands there, line by line: a terminal may keep what is cleared as a whole, and scroll it away. */
function drawnOver(text: string): string {
  return `\u001b[H${text.replaceAll("\n", "\u001b[K\n")}\u001b[J`;
}

/** Until nothing runs or waits and the workers are gone. In a terminal drawn in place; else printed when it changes. */
async function watch(io: Io, read: () => Promise<QueueStatus>, options: Options): Promise<void> {
  let shown = "";
  for (;;) {
    const status = await read();
    const isDrawn = io.stdout.isTTY && takesEscapes(io.stdout, io.env) && !options.json;
    const text = isDrawn ? screenText(io, status, options) : textOf(status, options);
    if (isDrawn) io.stdout.write(drawnOver(text));
    else if (text !== shown) io.stdout.write(text);
    shown = text;
    const isBusy = status.tasks.some((task) => task.state === "running" || task.state === "queued");
    if (!isBusy && status.workers.coordinator === null) return;
    await pause(watchMs);
  }
}

/** Where some of it was sent to a cluster: how many of its jobs run and wait. */
async function jobsText(context: ExperimentsContext): Promise<string> {
  const { livingJobs } = await import("../../../run/slurm/stop.ts");
  const jobs = await livingJobs(context);
  if (jobs.length === 0) return "";
  const states = new Map<string, string[]>();
  for (const { id, state } of jobs) states.set(state, [...(states.get(state) ?? []), id]);
  const lines = [...states].map(([state, ids]) => `${state.toLowerCase()}: ${someOf(ids, 8)}`);
  return `Jobs of Slurm, ${lines.join("; ")}\n`;
}

const examples = `
Examples:
  sweepline queue status -v           with reasons of failures, attempts and process ids
  sweepline queue status --watch      live, until the queue is done
  sweepline queue status --json       {"tasks": [...], "workers": {...}, "broken": [...]}
`;

/** `sweepline queue status` */
export const command: CommandFactory = (io, finish) =>
  addScopeOptions(
    addWhereOption(new Command("status"))
      .description("Show what is running, queued, failed and finished.")
      .option("-v, --verbose", "one more column: reasons, attempts, processes")
      .option("--watch", "show it again as it changes, until nothing waits or runs")
      .option("--json", "as JSON; with --watch a line for each change")
      .addHelpText("after", examples),
  ).action(async (options: Options) => {
    const context = openExperiments(openProject(io.cwd));
    const read = async () => {
      const status = await queueStatus(context, options.json ? "read" : "left out");
      const found = await tasksWhere(context, options, anyState);
      return { found, status: onlyTasks(status, found?.commits) };
    };
    if (options.watch) await watch(io, async () => (await read()).status, options);
    else {
      const { status, found } = await read();
      io.stdout.write(textOf(status, options));
      tellInVain(io, found?.inVain);
      if (!options.json) io.stdout.write(await jobsText(context));
    }
    finish(exitCodes.ok);
  });
