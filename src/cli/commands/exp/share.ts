/** What `exp push` and `exp pull` share. */
import { Command } from "commander";
import { SweeplineError } from "../../../base/errors.ts";
import { someOf } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import type { ExperimentDataOutcome } from "../../../experiments/share/data.ts";
import type { Selection } from "../../../experiments/share/selection.ts";
import { collect, integer } from "../../options/arguments.ts";
import { type Io, warn } from "../../terminal/io.ts";
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
