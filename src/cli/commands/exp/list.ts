import { Command, Option } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { isName } from "../../../experiments/names.ts";
import { type ExperimentsContext, experimentRef, openExperiments } from "../../../experiments/repository.ts";
import { type ListedGroup, listExperiments } from "../../../experiments/show/list.ts";
import { openProject } from "../../../project/open.ts";
import { type ListFormat, renderList } from "../../../report/exp-list.ts";
import { collect, integer } from "../../options/arguments.ts";
import { addWhereOption, finishedWhere, foundThere, scopeAsked } from "../../options/find.ts";
import type { Io } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { selectionOf } from "./share.ts";

interface Options {
  readonly allCommits?: boolean;
  readonly rev?: readonly string[];
  readonly num: number;
  readonly nameOnly?: boolean;
  readonly shaOnly?: boolean;
  readonly json?: boolean;
  readonly metrics?: boolean;
  readonly namesOnly?: boolean;
  readonly shasOnly?: boolean;
  readonly where?: readonly string[];
  readonly queued?: boolean;
}

/** DVC knows both spellings. */
function withLongNames(options: Options): Options {
  return {
    ...options,
    nameOnly: options.nameOnly ?? options.namesOnly ?? false,
    shaOnly: options.shaOnly ?? options.shasOnly ?? false,
  };
}

function formatOf(options: Options): ListFormat {
  if (options.json) return "json";
  if (options.nameOnly) return "names";
  return options.shaOnly ? "ids" : "tree";
}

function checkOptions(remote: string | undefined, options: Options): void {
  if (options.shaOnly && remote !== undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--sha-only not supported with git_remote.",
      exitCode: exitCodes.refused,
    });
  if (options.queued && remote === undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--queued is for a Git remote",
      hint: "`sweepline queue status` lists the queue of this repository.",
    });
  if (options.queued && (options.where !== undefined || options.metrics || options.shaOnly))
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--queued can't be used with --where, --metrics and --sha-only: what waits has no metrics",
    });
  if (options.shaOnly && options.nameOnly)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--name-only and --sha-only exclude each other",
    });
}

/** Nothing is listed, and there are some: they derive from other commits. */
async function hintElsewhere(io: Io, context: ExperimentsContext): Promise<void> {
  const groups = await listExperiments(context, { remote: undefined, baselines: "all" });
  const count = groups.reduce((sum, { experiments }) => sum + experiments.length, 0);
  if (count === 0) return;
  const others = count === 1 ? "1 experiment derives" : `${count} experiments derive`;
  io.stderr.write(`HINT: ${others} from other commits: \`sweepline exp list -A\` lists all.\n`);
}

interface ListCall {
  readonly io: Io;
  readonly context: ExperimentsContext;
}

/** Full refs of finished experiments, here or of a Git remote. */
async function refsHolding(
  call: ListCall,
  remote: string | undefined,
  { where, ...options }: Options & { readonly where: readonly string[] },
): Promise<readonly string[]> {
  if (remote === undefined) return finishedWhere(call, where, scopeAsked(options));
  const there = await foundThere(call, remote, { where, selection: selectionOf([], options) });
  return there.found.map(({ ref }) => ref);
}

/** Those for which the condition holds. */
async function holdingFor(
  call: ListCall,
  groups: readonly ListedGroup[],
  { remote, options }: { readonly remote: string | undefined; readonly options: Options },
): Promise<readonly ListedGroup[]> {
  const { where } = options;
  if (where === undefined) return groups;
  const refs = new Set(await refsHolding(call, remote, { ...options, where }));
  return groups
    .map((group) => ({
      ...group,
      experiments: group.experiments.filter(({ name }) => refs.has(experimentRef(group.baseline, name))),
    }))
    .filter(({ experiments }) => experiments.length > 0);
}

async function summariesListed(
  context: ExperimentsContext,
  remote: string | undefined,
  groups: readonly ListedGroup[],
) {
  const { summariesOf } = await import("../../../experiments/share/summaries.ts");
  const refs = groups.flatMap(({ baseline, experiments }) =>
    experiments
      .filter(({ name }) => isName(name))
      .map(({ name, commit }) => ({ ref: experimentRef(baseline, name), commit })),
  );
  return summariesOf(context, remote, refs);
}

const examples = `
Examples:
  sweepline exp list                           those of HEAD
  sweepline exp list -A --name-only            all names
  sweepline exp list origin -A                 those of a Git remote
  sweepline exp list -A --where 'accuracy > 0.9' --json
  sweepline exp list origin --metrics
  sweepline exp list origin --queued           what waits there, and who took it
`;

/** `sweepline exp list` */
export const command: CommandFactory = (io, finish) =>
  addWhereOption(
    new Command("list")
      .description("List experiments, those of this repository or of a Git remote.")
      .argument("[git_remote]", "a Git remote or URL")
      .option("-A, --all-commits", "of all commits")
      .option("--rev <commit>", "of that commit (repeatable; default: HEAD)", collect)
      .option("-n, --num <n>", "and of the commits before it, n in all (-1: of all)", integer, 1)
      .option("--name-only", "only names")
      .addOption(new Option("--names-only", "the same").hideHelp())
      .option("--sha-only", "only commit ids")
      .addOption(new Option("--shas-only", "the same").hideHelp())
      .option(
        "--metrics",
        "with their metrics and the numbers of trials; of a remote the commits are fetched for it, and no data",
      )
      .option("--queued", "what waits in the remote's queue, of all commits, instead of finished ones")
      .option("--json", "print as JSON")
      .addHelpText("after", examples),
  ).action(async (remote: string | undefined, given: Options) => {
    const options = withLongNames(given);
    checkOptions(remote, options);
    const context = openExperiments(openProject(io.cwd));
    if (options.queued && remote !== undefined) {
      const { listQueued } = await import("./share-queue.ts");
      return finish(await listQueued(io, remote, { format: formatOf(options) }));
    }
    const all = await listExperiments(context, {
      remote,
      baselines: options.allCommits ? "all" : { revs: options.rev ?? [], count: options.num },
    });
    const groups = await holdingFor({ io, context }, all, { remote, options });
    const summaries = options.metrics ? await summariesListed(context, remote, groups) : undefined;
    io.stdout.write(renderList(groups, formatOf(options), summaries));
    if (all.length === 0 && remote === undefined && !options.allCommits && !options.json && options.where === undefined)
      await hintElsewhere(io, context);
    finish(exitCodes.ok);
  });
