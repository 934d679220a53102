import { exitCodes } from "../../../base/errors.ts";
import { wordList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { dataRequest } from "../../../experiments/share/data.ts";
import { type PullResult, pullExperiments } from "../../../experiments/share/pull.ts";
import { type Selection, selectExperiments } from "../../../experiments/share/selection.ts";
import { shownRemote } from "../../../git/remote.ts";
import { openProject } from "../../../project/open.ts";
import { addWhereOption, foundThere } from "../../options/find.ts";
import { type ExitCode, type Io, print, printJson } from "../../terminal/io.ts";
import { transferEvents } from "../../terminal/transfer-progress.ts";
import { metricsLine } from "../../words/experiment-text.ts";
import { filesText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import {
  type DivergedPair,
  dataPullFailed,
  namesOfCommits,
  refuseNames,
  refuseWhere,
  type ShareFlags,
  selectionOf,
  shareCommand,
  tellDifferences,
  tellNotes,
  warnData,
  warnNoExperiments,
  warnRefusedNames,
} from "./share.ts";

interface PullFlags extends ShareFlags {
  readonly where?: readonly string[];
}

/** Those of the remote for which the condition holds are named by their full refs. */
async function selectionAsked(
  call: { readonly io: Io; readonly context: ExperimentsContext },
  { remote, names }: { readonly remote: string; readonly names: readonly string[] },
  flags: PullFlags,
): Promise<Selection> {
  const { where } = flags;
  if (where === undefined) return selectionOf(names, flags);
  refuseNames(names);
  const there = await foundThere(call, remote, { where, selection: selectionOf([], flags) });
  return { kind: "named", names: there.found.map(({ ref }) => ref) };
}

/** What diverged, on both sides. */
function divergedPairs(diverged: PullResult["diverged"], here: PullResult["here"]): readonly DivergedPair[] {
  return diverged.flatMap((there) => {
    const commit = here.get(there.ref);
    return commit === undefined ? [] : [{ experiment: { ...there, commit }, there: there.commit }];
  });
}

async function pull(io: Io, args: { remote: string; names: readonly string[] }, flags: PullFlags): Promise<ExitCode> {
  if (flags.queued && flags.where !== undefined) refuseWhere();
  if (flags.queued) return (await import("./share-queue.ts")).pullQueued(io, args, flags);
  const context = openExperiments(openProject(io.cwd));
  const chosen = await selectExperiments(context, args.remote, await selectionAsked({ io, context }, args, flags));
  warnRefusedNames(io, chosen.refused);
  const events = transferEvents(io);
  events.started("Downloading");
  const result = await pullExperiments(context, {
    remote: args.remote,
    experiments: chosen.experiments,
    diverged: flags.force ? "replace" : "refuse",
    data: dataRequest(context.project, flags, events),
  }).finally(() => events.ended());
  const { pulled, upToDate, diverged, here, strange, data, notes } = result;
  if (diverged.length > 0)
    io.stderr.write(
      `WARNING: Local experiment ${wordList(diverged.map(({ name }) => name))} has diverged from remote experiment with the same name.\nTo override the local experiment re-run with '--force'.\n`,
    );
  if (!flags.json) await tellDifferences({ io, context }, args.remote, divergedPairs(diverged, here));
  if (flags.json) printJson(io, resultJson(result));
  else {
    if (pulled.length + notes.pulled.length === 0) print(io, "No experiments to pull.");
    if (pulled.length > 0)
      print(
        io,
        `Pulled experiment ${wordList(pulled.map(({ name }) => name))} from Git remote '${shownRemote(args.remote)}'.`,
      );
    await tellNew(io, context, pulled);
    tellNotes(io, notes, { remote: args.remote, experiments: [...upToDate, ...pulled] });
  }
  warnNoExperiments(io, strange);
  if (data.transferred > 0 && !flags.json) print(io, filesText(data.transferred, "downloaded"));
  warnData(io, data);
  const failure = dataPullFailed(data);
  if (failure !== undefined) throw failure;
  if (strange.length > 0 && pulled.length + upToDate.length + diverged.length === 0) return exitCodes.refused;
  if (!flags.cache && !flags.json)
    print(io, "To pull the data of experiments from the storage remote, run the command again without '--no-cache'.");
  return exitCodes.ok;
}

/** More that came are named, and no metrics of theirs. */
const mostTold = 10;

/** What is new: the metrics of what came. */
async function tellNew(io: Io, context: ExperimentsContext, pulled: PullResult["pulled"]): Promise<void> {
  const { summariesOf } = await import("../../../experiments/share/summaries.ts");
  const summaries = await summariesOf(context, undefined, pulled.slice(0, mostTold));
  for (const { name, commit } of pulled) {
    const text = metricsLine(summaries.get(commit)?.metrics);
    if (text !== "") print(io, `\t${visible(name)}: ${text}`);
  }
}

function resultJson({ pulled, upToDate, diverged, data, notes }: PullResult): string {
  const names = (experiments: PullResult["pulled"]) => experiments.map(({ name, commit }) => ({ name, rev: commit }));
  const files = data.transferred;
  const there = { pulled: names(pulled), upToDate: names(upToDate), diverged: names(diverged) };
  return JSON.stringify({ ...there, files, notesPulled: namesOfCommits([...upToDate, ...pulled], notes.pulled) });
}

const examples = `
Examples:
  sweepline exp pull origin                 those of HEAD, with their data
  sweepline exp pull origin -A --no-cache   those of all commits, without data
  sweepline exp pull origin --where 'accuracy > 0.9'
  sweepline exp pull origin --queued        what waits in the remote's queue: \`queue start\` runs it
`;

/** `sweepline exp pull` */
export const command: CommandFactory = (io, finish) =>
  addWhereOption(shareCommand("pull"))
    .description("Pull experiments from a Git remote, and their data from the storage remote. Nothing of them is run.")
    .addHelpText("after", examples)
    .action(async (remote: string, names: readonly string[], flags: PullFlags) =>
      finish(await pull(io, { remote, names }, flags)),
    );
