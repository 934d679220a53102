/** What `exp push` and `exp pull` share. */
import { Command } from "commander";
import { SweeplineError } from "../../../base/errors.ts";
import { someOf, wordList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import type { FinishedExperiment } from "../../../experiments/results/finished.ts";
import type { ExperimentDataOutcome } from "../../../experiments/share/data.ts";
import type { MovedNotes } from "../../../experiments/share/notes.ts";
import type { Selection } from "../../../experiments/share/selection.ts";
import type { ObjectId } from "../../../git/ids.ts";
import { shownRemote } from "../../../git/remote.ts";
import { collect, integer } from "../../options/arguments.ts";
import { type Io, print, warn } from "../../terminal/io.ts";
import { differenceText } from "../../words/experiment-text.ts";
import { addTransferOptions, type TransferFlags, warnMissing } from "../data/transfers.ts";

export interface ShareFlags extends TransferFlags {
  readonly allCommits?: boolean;
  readonly rev?: readonly string[];
  readonly num: number;
  readonly force?: boolean;
  /** false for --no-cache. */
  readonly cache: boolean;
  readonly queued?: boolean;
  readonly json?: boolean;
}

export function shareCommand(name: "push" | "pull"): Command {
  const command = new Command(name)
    .argument("<git_remote>", "a Git remote or URL")
    .argument("[experiments...]", "names or full refs; those of HEAD where none is named")
    .option("-A, --all-commits", "of all commits")
    .option("--rev <commit>", "of that commit (repeatable; default: HEAD)", collect)
    .option("-n, --num <n>", "and of the commits before it, n in all (-1: of all)", integer, 1)
    .option("-f, --force", name === "push" ? "replace experiments of the remote" : "replace experiments here")
    .option("--no-cache", "without the data")
    .option(
      "--queued",
      name === "push" ? "what waits in the queue, to be run elsewhere" : "what waits there, to be run here",
    )
    .option("--json", "print as JSON what was done");
  return addTransferOptions(command);
}

export function selectionOf(
  names: readonly string[],
  flags: Pick<ShareFlags, "allCommits" | "rev" | "num">,
): Selection {
  if (flags.allCommits) return { kind: "all" };
  if (names.length > 0) return { kind: "named", names };
  return { kind: "of", revs: flags.rev ?? [], count: flags.num };
}

export function refuseNames(names: readonly string[]): void {
  if (names.length > 0)
    throw new SweeplineError({ code: "BAD_OPTIONS", message: "--where can't be used with names of experiments" });
}

export function refuseWhere(): never {
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: "--queued can't be used with --where, which chooses among finished experiments",
  });
}

export function warnData(io: Io, data: ExperimentDataOutcome): void {
  warnMissing(io, data);
  for (const problem of data.unreadable) warn(io, `the data of an experiment is not known: ${problem}`);
}

/** The names of those whose commits are given. */
export function namesOfCommits(
  experiments: readonly FinishedExperiment[],
  commits: readonly string[],
): readonly string[] {
  const wanted = new Set(commits);
  return experiments.filter(({ commit }) => wanted.has(commit)).map(({ name }) => name);
}

interface NotesTold {
  readonly remote: string;
  readonly experiments: readonly FinishedExperiment[];
}

/** What was said of experiments went along, or alone. */
export function tellNotes(io: Io, { pushed, pulled }: MovedNotes, { experiments, remote }: NotesTold): void {
  const shown = `Git remote '${shownRemote(remote)}'`;
  const of = (commits: readonly string[]) =>
    `the notes of experiment ${wordList(namesOfCommits(experiments, commits))}`;
  if (pushed.length > 0) print(io, `Pushed ${of(pushed)} to ${shown}.`);
  if (pulled.length > 0) print(io, `Pulled ${of(pulled)} from ${shown}.`);
}

/** Of one name: what is here, and the commit of what the remote has. */
export interface DivergedPair {
  readonly experiment: FinishedExperiment;
  readonly there: ObjectId;
}

/** More experiments that diverged are named, and not compared. */
const mostCompared = 10;

/** Of those that diverged, how. */
export async function tellDifferences(
  { io, context }: { readonly io: Io; readonly context: ExperimentsContext },
  remote: string,
  pairs: readonly DivergedPair[],
): Promise<void> {
  if (pairs.length === 0) return;
  const { differences } = await import("../../../experiments/share/summaries.ts");
  const told = await differences(context, remote, pairs.slice(0, mostCompared));
  for (const each of told) io.stderr.write(`${visible(differenceText(each))}\n`);
}

/** Of names that anybody chose: a few, and the beginning of each. */
function cutNames(names: readonly string[]): string {
  return someOf(
    names.map((name) => `'${visible(name.slice(0, 40))}'`),
    5,
  );
}

/** Names that a remote must not make us use; printed without what would reach the terminal. */
export function warnRefusedNames(io: Io, names: readonly string[]): void {
  if (names.length === 0) return;
  warn(io, `passed over, because no experiment may have such a name: ${cutNames(names)}`);
}

export function warnNoExperiments(io: Io, refs: readonly { readonly name: string }[]): void {
  if (refs.length === 0) return;
  warn(io, `passed over, because the ref names no commit: ${cutNames(refs.map(({ name }) => name))}`);
}

export function dataPullFailed(data: ExperimentDataOutcome): SweeplineError | undefined {
  const [first] = data.failed;
  if (first === undefined) return undefined;
  const count = data.failed.length;
  return new SweeplineError({
    code: "TRANSFER_FAILED",
    message: `${count} file${count === 1 ? "" : "s"} failed to download: ${first.message}`,
    hint: "The experiments are here; the same command goes on with the data that is missing.",
  });
}
