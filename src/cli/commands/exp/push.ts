import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { wordList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { dataRequest } from "../../../experiments/share/data.ts";
import { type PushResult, pushExperiments } from "../../../experiments/share/push.ts";
import { selectExperiments } from "../../../experiments/share/selection.ts";
import { shownRemote } from "../../../git/remote.ts";
import { openProject } from "../../../project/open.ts";
import { absentStorage } from "../../../store/remotes/open.ts";
import { addWhereOption, finishedWhere, scopeAsked } from "../../options/find.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import { transferEvents } from "../../terminal/transfer-progress.ts";
import { filesText } from "../../words/plural.ts";
import type { CommandFactory } from "../command.ts";
import {
  type DivergedPair,
  namesOfCommits,
  refuseNames,
  refuseWhere,
  type ShareFlags,
  selectionOf,
  shareCommand,
  tellDifferences,
  tellNotes,
  warnData,
  warnRefusedNames,
} from "./share.ts";

interface PushFlags extends ShareFlags {
  readonly where?: readonly string[];
}

type Experiments = PushResult["pushed"];

function namesOf(experiments: Experiments): string {
  return wordList(experiments.map(({ name }) => name));
}

/** DVC's words. */
function report(io: Io, remote: string, result: PushResult): void {
  const { pushed, upToDate, diverged, data, notes } = result;
  if (diverged.length > 0)
    io.stderr.write(
      `Local experiment ${namesOf(diverged)} has diverged from remote experiment with the same name.\nTo override the remote experiment re-run with '--force'.\n`,
    );
  if (upToDate.length > 0) {
    const verb = upToDate.length > 1 ? "are" : "is";
    print(io, `Experiment ${namesOf(upToDate)} ${verb} up to date on Git remote '${shownRemote(remote)}'.`);
  }
  if (pushed.length > 0) print(io, `Pushed experiment ${namesOf(pushed)} to Git remote '${shownRemote(remote)}'.`);
  if (upToDate.length + pushed.length === 0) print(io, "No experiments to push.");
  tellNotes(io, notes, { remote, experiments: [...upToDate, ...pushed] });
  if (data.transferred > 0) print(io, filesText(data.transferred, "uploaded"));
}

/** What diverged, on both sides. */
function divergedPairs({ diverged, there }: PushResult): readonly DivergedPair[] {
  return diverged.flatMap((experiment) => {
    const commit = there.get(experiment.ref);
    return commit === undefined ? [] : [{ experiment, there: commit }];
  });
}

function refused({ refused }: PushResult, remote: string): SweeplineError | undefined {
  const [first] = refused;
  if (first === undefined) return undefined;
  const names = wordList(refused.map(({ experiment }) => experiment.name));
  return new SweeplineError({
    code: "PUSH_REFUSED",
    message: `Git remote '${shownRemote(remote)}' refused ${names}: ${first.reason}`,
  });
}

/** Those for which the condition holds are named by their full refs. */
async function selectionAsked(
  call: { readonly io: Io; readonly context: ExperimentsContext },
  names: readonly string[],
  flags: PushFlags,
) {
  const { where } = flags;
  if (where === undefined) return selectionOf(names, flags);
  refuseNames(names);
  return { kind: "named", names: await finishedWhere(call, where, scopeAsked(flags)) } as const;
}

async function push(io: Io, args: { remote: string; names: readonly string[] }, flags: PushFlags): Promise<ExitCode> {
  if (flags.queued) {
    if (flags.where !== undefined) refuseWhere();
    return (await import("./share-queue.ts")).pushQueued(io, args, flags);
  }
  const context = openExperiments(openProject(io.cwd));
  const chosen = await selectExperiments(context, undefined, await selectionAsked({ io, context }, args.names, flags));
  warnRefusedNames(io, chosen.refused);
  const absent = flags.cache ? await absentStorage(context.project, flags.remote) : undefined;
  const events = transferEvents(io);
  events.started("Uploading");
  const result = await pushExperiments(context, {
    remote: args.remote,
    experiments: chosen.experiments,
    diverged: flags.force ? "replace" : "refuse",
    data: dataRequest(context.project, flags, events),
  }).finally(() => events.ended());
  if (flags.json) printJson(io, resultJson(result));
  else {
    report(io, args.remote, result);
    await tellDifferences({ io, context }, args.remote, divergedPairs(result));
  }
  warnData(io, result.data);
  if (result.notes.left.length > 0)
    warn(io, `the notes of ${result.notes.left.length} experiments were not taken: the same command tries again`);
  if (absent !== undefined && (await absent.isThere()))
    warn(io, `the folder of storage remote '${absent.name}' was not there, and was made: '${visible(absent.place)}'`);
  if (result.studio.warning !== undefined) warn(io, result.studio.warning);
  if (result.studio.url !== undefined && !flags.json) print(io, `View your experiments at ${result.studio.url}`);
  const failure = refused(result, args.remote);
  if (failure !== undefined) throw failure;
  if (!flags.cache && !flags.json)
    print(io, "To push the data of experiments to the storage remote, run the command again without '--no-cache'.");
  return exitCodes.ok;
}

function resultJson({ pushed, upToDate, diverged, refused, data, notes }: PushResult): string {
  const noted = (commits: readonly string[]) => namesOfCommits([...upToDate, ...pushed], commits);
  const names = (experiments: Experiments) => experiments.map(({ name, commit }) => ({ name, rev: commit }));
  return JSON.stringify({
    pushed: names(pushed),
    upToDate: names(upToDate),
    diverged: names(diverged),
    refused: refused.map(({ experiment, reason }) => ({ name: experiment.name, reason })),
    files: data.transferred,
    notesPushed: noted(notes.pushed),
    notesPulled: noted(notes.pulled),
  });
}

const examples = `
Examples:
  sweepline exp push origin                 those of HEAD, with their data
  sweepline exp push origin tuned-7 -f      that one, in the place of what has its name there
  sweepline exp push origin --queued        what waits in the queue, for who runs it elsewhere
`;

/** `sweepline exp push` */
export const command: CommandFactory = (io, finish) =>
  addWhereOption(shareCommand("push"))
    .description("Push experiments to a Git remote, and their data to the storage remote.")
    .addHelpText("after", examples)
    .action(async (remote: string, names: readonly string[], flags: PushFlags) =>
      finish(await push(io, { remote, names }, flags)),
    );
