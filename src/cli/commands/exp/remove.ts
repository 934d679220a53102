import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { quotedList } from "../../../base/text/listing.ts";
import type { FilterRow } from "../../../experiments/find/filter-row.ts";
import type { InVain } from "../../../experiments/find/in-vain.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import {
  type RemoveOutcome,
  type RemoveRequest,
  refuseToKeepNone,
  removeExperiments,
} from "../../../experiments/results/remove.ts";
import { removeFromRemote } from "../../../experiments/share/remote-changes.ts";
import { listExperiments } from "../../../experiments/show/list.ts";
import { openProject } from "../../../project/open.ts";
import { collect, integer } from "../../options/arguments.ts";
import { addWhereOption, foundThere, scopeAsked, tellInVain } from "../../options/find.ts";
import { type Io, print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { selectionOf } from "./share.ts";

interface Options {
  readonly queue?: boolean;
  readonly allCommits?: boolean;
  readonly rev?: readonly string[];
  readonly num: number;
  readonly sweep?: string;
  readonly gitRemote?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly where?: readonly string[];
}

/** Without a condition: with one, the other options say where it looks. */
async function finishedOf(context: ExperimentsContext, options: Options): Promise<RemoveRequest["finished"]> {
  if (options.allCommits) return "all";
  if (options.rev === undefined) return "named";
  const groups = await listExperiments(context, {
    remote: undefined,
    baselines: { revs: options.rev, count: options.num },
  });
  return { baselines: groups.map((group) => group.baseline) };
}

function checkOptions(names: readonly string[], options: Options): void {
  const chosen =
    names.length > 0 ||
    options.queue ||
    options.allCommits ||
    options.rev !== undefined ||
    options.sweep !== undefined ||
    options.where !== undefined;
  if (options.gitRemote !== undefined && options.sweep !== undefined)
    throw new SweeplineError({ code: "BAD_OPTIONS", message: "--git-remote can't be used with --sweep" });
  const isQueueThere = options.gitRemote !== undefined && options.queue;
  if (isQueueThere && (options.where !== undefined || options.allCommits || options.rev !== undefined))
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--git-remote with --queue takes names only: entries of a remote's queue have no metrics",
    });
  if (options.keep && options.queue)
    throw new SweeplineError({ code: "BAD_OPTIONS", message: "Cannot use both `--keep` and `--queue`." });
  if (chosen) return;
  throw new SweeplineError({
    code: "NOTHING_CHOSEN",
    message:
      "Either provide an `experiment` argument, or use the `--rev` or `--all-commits` or `--queue` or `--sweep` or `--where` flag.",
  });
}

type Removed = RemoveOutcome & { readonly warning?: string; readonly inVain?: InVain | undefined };

interface RemoveCall {
  readonly io: Io;
  readonly context: ExperimentsContext;
}

/** What waits in a Git remote. */
async function removeQueueThere(context: ExperimentsContext, remote: string, names: readonly string[]) {
  const { removeFromRemoteQueue } = await import("../../../experiments/share/remote-queue.ts");
  return removeFromRemoteQueue(context, remote, names);
}

async function remove({ io, context }: RemoveCall, given: readonly string[], options: Options): Promise<Removed> {
  if (options.gitRemote !== undefined && options.queue) return removeQueueThere(context, options.gitRemote, given);
  const keep = options.keep ? "keep chosen" : "remove chosen";
  if (options.gitRemote !== undefined)
    return removeThere({ io, context }, given, { ...options, remote: options.gitRemote });
  if (options.where !== undefined) return removeWhere(context, given, options);
  const finished = await finishedOf(context, options);
  const queue = options.queue ? "all" : "named";
  const sweep = options.sweep === undefined ? undefined : await sweepOf(context, options.sweep);
  return removeExperiments(context, { names: given, queue, finished, sweep, keep });
}

/** As other commands take it; one that is not there has nothing to be removed. */
async function sweepOf(context: ExperimentsContext, asked: string): Promise<string> {
  const { sweepIdsOf } = await import("../../../experiments/find/sweep-ids.ts");
  const { sweepMeant } = await import("../../../experiments/show/sweep-meant.ts");
  return sweepMeant(asked, await sweepIdsOf(context)) ?? asked;
}

async function removeThere(
  call: RemoveCall,
  given: readonly string[],
  { remote, ...options }: Options & { readonly remote: string },
): Promise<Removed> {
  const { context } = call;
  const { where } = options;
  const keep = options.keep ? "keep chosen" : "remove chosen";
  if (where === undefined) {
    const { removed, warning } = await removeFromRemote(context, {
      remote,
      selection: selectionOf(given, options),
      keep,
    });
    return { removed, running: [], ...(warning === undefined ? {} : { warning }) };
  }
  const there = await foundThere(call, remote, { where, selection: selectionOf([], options) });
  if (options.keep) refuseToKeepNone([...given, ...there.found]);
  const kept = options.keep ? [...there.found, ...there.others] : there.found;
  const names = [...given, ...kept.map(({ ref }) => ref)];
  const { removed, warning } = await removeFromRemote(context, { remote, selection: { kind: "named", names }, keep });
  return { removed, running: [], ...(warning === undefined ? {} : { warning }) };
}

/** The names, and of a scope those for which the condition holds; with --keep all others of that scope. */
async function removeWhere(context: ExperimentsContext, given: readonly string[], options: Options): Promise<Removed> {
  const { where, sweep, keep, queue } = options;
  const { findInScope, refsOutside } = await import("../../../experiments/find/scope.ts");
  const { refsOfRows } = await import("../../../experiments/find/find.ts");
  const isMeant = ({ facts }: FilterRow) => !queue || facts.state === "queued";
  const scope = { ...scopeAsked(options), sweep };
  const request = { where, best: undefined, top: undefined };
  const { rows, looked, inVain } = await findInScope(context, request, { scope, isMeant });
  if (keep) refuseToKeepNone([...given, ...rows]);
  const { finished, entries } = await refsOfRows(context, rows);
  const untouched = keep ? await refsOutside(context, looked) : [];
  const outcome = await removeExperiments(context, {
    names: [...given, ...finished, ...entries, ...untouched],
    queue: "named",
    finished: "named",
    sweep: undefined,
    keep: keep ? "keep chosen" : "remove chosen",
  });
  return { ...outcome, inVain };
}

const examples = `
Examples:
  sweepline exp remove brave-ibex calm-crow
  sweepline exp remove --where 'accuracy < 0.5'       of HEAD; with -A of all commits
  sweepline exp remove --keep tuned            all finished ones but that one
  sweepline exp remove -g origin brave-ibex    from a Git remote
  sweepline exp remove -g origin --queue       what waits there and nobody took
`;

/** `sweepline exp remove` */
export const command: CommandFactory = (io, finish) =>
  addWhereOption(
    new Command("remove")
      .description("Remove experiments: finished ones, and entries of the queue.")
      .argument("[experiments...]", "names or full refs")
      .option(
        "--queue",
        "all that is queued and not running; with -g of that remote, without names all that nobody took",
      )
      .option("-A, --all-commits", "all finished experiments; with --where those for which it holds")
      .option(
        "--rev <commit>",
        "the finished experiments of that commit (repeatable); with --where those for which it holds (default: of HEAD)",
        collect,
      )
      .option("-n, --num <n>", "and of the commits before it, n in all", integer, 1)
      .option("--sweep <id>", "everything of that sweep, finished, queued and failed")
      .option("-g, --git-remote <name>", "experiments of that Git remote or URL, instead of those here")
      .option(
        "--keep",
        "keep the chosen ones and remove all other finished experiments, of other commits too; with --where: all others among which it looks",
      )
      .option("--json", "print as JSON"),
  )
    .addHelpText("after", examples)
    .action(async (names: readonly string[], options: Options) => {
      checkOptions(names, options);
      const context = openExperiments(openProject(io.cwd));
      const { removed, running, warning, inVain } = await remove({ io, context }, names, options);
      if (options.json) printJson(io, JSON.stringify({ removed, running }));
      else
        print(io, removed.length === 0 ? "No experiments to remove." : `Removed experiments: ${quotedList(removed)}`);
      tellInVain(io, inVain);
      if (warning !== undefined) warn(io, warning);
      if (running.length > 0)
        warn(
          io,
          `left, because they ${options.gitRemote === undefined ? "are running" : "were taken"}: ${quotedList(running)}`,
        );
      finish(exitCodes.ok);
    });
