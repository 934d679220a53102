import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { namedFile } from "../../../base/named-file.ts";
import { quotedList, wordList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { type UnbundleResult, unbundleExperiments } from "../../../experiments/share/bundle.ts";
import { openProject } from "../../../project/open.ts";
import { jobs } from "../../options/arguments.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import { transferEvents } from "../../terminal/transfer-progress.ts";
import { filesText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import {
  dataPullFailed,
  namesOfCommits,
  type ShareFlags,
  warnData,
  warnNoExperiments,
  warnRefusedNames,
} from "../exp/share.ts";

type Options = Pick<ShareFlags, "force" | "cache" | "jobs" | "json">;

function report(io: Io, file: string, { pulled, upToDate, data, notes }: UnbundleResult): void {
  if (pulled.length > 0)
    print(io, `Took experiment ${wordList(pulled.map(({ name }) => name))} from '${visible(file)}'.`);
  const noted = namesOfCommits([...upToDate, ...pulled], notes.pulled);
  if (noted.length > 0) print(io, `Took the notes of experiment ${wordList(noted)} from '${visible(file)}'.`);
  else if (pulled.length === 0 && upToDate.length > 0) print(io, `All that '${visible(file)}' has is here.`);
  if (data.transferred > 0) print(io, filesText(data.transferred, "stored"));
}

async function unbundle(io: Io, args: { file: string; names: readonly string[] }, options: Options): Promise<ExitCode> {
  const context = openExperiments(openProject(io.cwd));
  const events = transferEvents(io);
  events.started("Downloading");
  const result = await unbundleExperiments(context, namedFile(io.cwd, args.file), {
    selection: args.names.length === 0 ? { kind: "all" } : { kind: "named", names: args.names },
    diverged: options.force ? "replace" : "refuse",
    data: options.cache ? "with" : "without",
    jobs: options.jobs,
    progress: (state) => events.progress(state),
  }).finally(() => events.ended());
  const { pulled, upToDate, diverged, strange, refused, data, notes } = result;
  const names = (list: UnbundleResult["pulled"]) => list.map(({ name }) => name);
  if (options.json) {
    const facts = { pulled: names(pulled), upToDate: names(upToDate), diverged: names(diverged) };
    printJson(
      io,
      JSON.stringify({
        ...facts,
        files: data.transferred,
        notesPulled: namesOfCommits([...upToDate, ...pulled], notes.pulled),
      }),
    );
  } else report(io, args.file, result);
  if (diverged.length > 0)
    warn(io, `here is something else of that name; --force replaces it: ${quotedList(names(diverged))}`);
  warnRefusedNames(io, refused);
  warnNoExperiments(io, strange);
  // Experiments that have a word above are not nothing.
  if ([pulled, upToDate, diverged, strange, refused].every(({ length }) => length === 0))
    warn(io, `there is no experiment in '${visible(args.file)}'`);
  warnData(io, data);
  const failure = dataPullFailed(data);
  if (failure !== undefined) throw failure;
  return pulled.length + upToDate.length === 0 ? exitCodes.refused : exitCodes.ok;
}

const examples = `
Examples:
  sweepline exp unbundle results.tar
  sweepline exp unbundle results.tar tuned-7 --force
`;

/** `sweepline exp unbundle` */
export const command: CommandFactory = (io, finish) =>
  new Command("unbundle")
    .description("Take experiments and their data from a file that `exp bundle` wrote. Nothing of them is run.")
    .argument("<file>", "the file to read")
    .argument("[experiments...]", "names or full refs; all where none is named")
    .option("-f, --force", "replace experiments here")
    .option("--no-cache", "without the data")
    .option("-j, --jobs <n>", "files at a time (default: 4 a processor)", jobs)
    .option("--json", "print as JSON what was done")
    .addHelpText("after", examples)
    .action(async (file: string, names: readonly string[], options: Options) =>
      finish(await unbundle(io, { file, names }, options)),
    );
