import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { environmentOf } from "../../../base/processes.ts";
import { someOf } from "../../../base/text/listing.ts";
import { startBackground } from "../../../experiments/coordinator/start-stop.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { sendsAway } from "../../../run/engine.ts";
import { jobsNumber } from "../../../run/local-engine.ts";
import { duration } from "../../options/arguments.ts";
import { addEngineOptions, askedEngine, type EngineFlags, engineRun } from "../../options/engine.ts";
import { addLimitOptions, defaultJobs, jobsOrAuto, type LimitFlags, limitWords } from "../../options/limits.ts";
import { strictHelp } from "../../options/reproduce.ts";
import { type Io, print, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { sendAway } from "../exp/run-queue.ts";

interface Options extends EngineFlags, LimitFlags {
  readonly jobs?: number | "auto";
  readonly idle?: number;
  readonly verbose: number;
}

const examples = `
Examples:
  sweepline queue start -j 4            run what is queued, four at once, and what comes while it runs
  sweepline queue start -j 8            raises the number; there is one coordinator, however often it is started
  sweepline queue start --retries 2 --timeout 2h
  sweepline queue start --engine slurm --slurm partition=gpu     as jobs of a cluster
`;

/** What a terminal sets for itself. */
const ownVariables =
  /^(_|PWD|OLDPWD|SHLVL|TERM.*|COLORTERM|COLUMNS|LINES|SSH_.*|XDG_.*|DBUS_.*|WINDOWID|TMUX.*|STY|PS1|NODE_CHANNEL_.*|SWEEPLINE_DEBUG)$/;

/** Workers run stages with the environment of the terminal where they were started. */
function warnOfEnvironment(io: Io, pid: number): void {
  const theirs = environmentOf(pid);
  if (theirs === undefined) return;
  const names = [...new Set([...theirs.keys(), ...Object.keys(io.env)])].filter((name) => !ownVariables.test(name));
  const different = names.filter((name) => theirs.get(name) !== io.env[name]).sort();
  if (different.length === 0) return;
  const restart = "After `sweepline queue stop`, once they have ended, a new start takes this one";
  warn(
    io,
    `the workers go on with the environment of their own start, which differs from this one in ${someOf(different, 8)}. ${restart}`,
  );
}

/** `sweepline queue start` */
export const command: CommandFactory = (io, finish) =>
  addEngineOptions(
    addLimitOptions(
      new Command("start")
        .description(
          "Run the queue in the background: the workers outlive the terminal and end when the queue is empty.",
        )
        .option("--strict", strictHelp)
        .option("--fail-fast", "stop at the first failure")
        .option(
          "-j, --jobs <n>",
          "experiments at once (default: 1, or one a GPU); auto: by cores and memory",
          jobsOrAuto,
        )
        .option("--idle <duration>", "how long the workers stay when the queue is empty (default: 10s)", duration),
    ),
  )
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const engine = await askedEngine(context, options);
      if (sendsAway(engine)) return finish(await sendAway(io, context, engineRun(engine, options)));
      const idle = options.idle === undefined ? [] : ["--idle", `${options.idle}ms`];
      const words = [...idle, ...limitWords(options)];
      const jobs = options.jobs ?? defaultJobs(options);
      const started = await startBackground(context, {
        jobs: jobsNumber(jobs),
        words: ["--jobs", String(jobs), ...words, ...Array<string>(options.verbose).fill("-v")],
        asks: words.length > 0 ? "own options" : "nothing",
      });
      const plural = started.added > 1 ? "s" : "";
      print(io, `Started '${started.added}' new experiments task queue worker${plural}.`);
      if (started.kind === "resumed")
        warn(io, "`queue stop` is taken back: the workers go on, with the options that they were started with");
      if (started.kind !== "launched") {
        print(io, `There are ${started.jobs} in all (process ${started.pid}).`);
        warnOfEnvironment(io, started.pid);
        if (words.length > 0)
          warn(
            io,
            `they go on as they were started: ${words.join(" ")} has no effect. After \`sweepline queue stop\`, once they have ended, it has`,
          );
      }
      finish(exitCodes.ok);
    });
