import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { namedFile } from "../../../base/named-file.ts";
import { visible } from "../../../base/text/visible.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { bundleExperiments } from "../../../experiments/share/bundle.ts";
import { selectExperiments } from "../../../experiments/share/selection.ts";
import { openProject } from "../../../project/open.ts";
import { collect, integer, jobs } from "../../options/arguments.ts";
import { type Io, print, printJson } from "../../terminal/io.ts";
import { transferEvents } from "../../terminal/transfer-progress.ts";
import { filesText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import { type ShareFlags, selectionOf, warnData, warnRefusedNames } from "../exp/share.ts";

interface Options extends ShareFlags {
  /** false for --no-history. */
  readonly history: boolean;
}

async function bundle(io: Io, args: { file: string; names: readonly string[] }, options: Options): Promise<void> {
  const context = openExperiments(openProject(io.cwd));
  const { experiments, refused } = await selectExperiments(context, undefined, selectionOf(args.names, options));
  warnRefusedNames(io, refused);
  const events = transferEvents(io);
  events.started("Uploading");
  const data = await bundleExperiments(context, namedFile(io.cwd, args.file), {
    experiments,
    history: options.history ? "whole" : "since baselines",
    data: options.cache ? "with" : "without",
    jobs: options.jobs,
    progress: (state) => events.progress(state),
  }).finally(() => events.ended());
  warnData(io, data);
  const names = experiments.map(({ name }) => name);
  const { transferred: files } = data;
  if (options.json) printJson(io, JSON.stringify({ bundled: names, files, file: args.file }));
  else
    print(
      io,
      `Bundled ${names.length === 1 ? "1 experiment" : `${names.length} experiments`} with ${filesText(files, "of data")} in '${visible(args.file)}'.`,
    );
}

const examples = `
Examples:
  sweepline exp bundle results.tar                 those of HEAD, with their data
  sweepline exp bundle best.tar tuned-7 tuned-9
  sweepline exp bundle small.tar -A --no-history   for who has the commits that they start from
`;

/** `sweepline exp bundle` */
export const command: CommandFactory = (io, finish) =>
  new Command("bundle")
    .description("Write experiments and their data into one file, for places without a remote.")
    .argument("<file>", "the file to write")
    .argument("[experiments...]", "names or full refs; those of HEAD where none is named")
    .option("-A, --all-commits", "of all commits")
    .option("--rev <commit>", "of that commit (repeatable; default: HEAD)", collect)
    .option("-n, --num <n>", "and of the commits before it, n in all (-1: of all)", integer, 1)
    .option("--no-cache", "without the data")
    .option("--no-history", "without the commits that the experiments start from")
    .option("-j, --jobs <n>", "files at a time (default: 4 a processor)", jobs)
    .option("--json", "print as JSON what was done")
    .addHelpText("after", examples)
    .action(async (file: string, names: readonly string[], options: Options) => {
      await bundle(io, { file, names }, options);
      finish(exitCodes.ok);
    });
