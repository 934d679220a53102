import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { bytesText } from "../../../base/size-limit.ts";
import { moreText } from "../../../base/text/listing.ts";
import {
  type FoundGarbage,
  findUnneeded,
  type GarbageRequest,
  removeUnneeded,
} from "../../../experiments/upkeep/collect-garbage.ts";
import { openProject } from "../../../project/open.ts";
import { integer, jobs } from "../../options/arguments.ts";
import { confirm, declined } from "../../terminal/confirm.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { commandText, withWorkspaceLock } from "../pipeline/workspace-lock.ts";

interface Flags {
  readonly workspace?: boolean;
  readonly rev?: string;
  readonly num?: number;
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
  /** Seconds since the epoch. */
  readonly date?: { readonly text: string; readonly second: number };
  readonly allExperiments?: boolean;
  readonly notInRemote?: boolean;
  readonly cloud?: boolean;
  readonly remote?: string;
  readonly skipFailed?: boolean;
  readonly force?: boolean;
  readonly jobs?: number;
  readonly projects?: readonly string[];
  readonly dry?: boolean;
  readonly json?: boolean;
}

const examples = `
Kept in any case: what the workspace, local branches, HEAD, experiments, the queue and running experiments need.

Examples:
  sweepline gc -w --dry                     what would go, and how much that frees
  sweepline gc -w                           all but what is named above
  sweepline gc -aT -n 10                    also the last 10 commits of each branch, and all tags
  sweepline gc -w -c -r store               in the remote 'store' too
  sweepline gc -w --not-in-remote           here, all that the default remote has
`;

function day(text: string): { readonly text: string; readonly second: number } {
  const second = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00`).getTime() / 1000 : Number.NaN;
  if (Number.isNaN(second)) throw new InvalidArgumentError("not a day such as 2024-03-31");
  return { text, second };
}

function refuse(message: string): never {
  throw new SweeplineError({ code: "BAD_OPTIONS", message, exitCode: exitCodes.refused });
}

/** As DVC's. */
function checkFlags(flags: Flags): void {
  const { cloud, notInRemote, remote, num, rev, allBranches, allTags, allCommits, date } = flags;
  if (remote !== undefined && !cloud && !notInRemote) refuse("`--remote` requires `--cloud` or `--not-in-remote`");
  if (notInRemote && cloud) refuse("`--not-in-remote` and `--cloud` are mutually exclusive");
  const isChosen = flags.workspace || allBranches || allTags || allCommits || flags.allExperiments;
  if (!isChosen && !date && rev === undefined && !num)
    refuse(
      "Either of `-w|--workspace`, `-a|--all-branches`, `-T|--all-tags` `--all-experiments`, `--all-commits`, `--date` or `--rev` needs to be set.",
    );
  if (num && rev === undefined && !allBranches)
    refuse("`--num` can only be used alongside `--rev` or `--all-branches`");
}

/** What is kept beside the workspace, as DVC says it. */
function commitsText({ rev, num, allBranches, allTags, allCommits, date }: Flags): string {
  if (allCommits) return " and all git commits";
  const branches = num ? ` and last ${num} commits from all git branches` : " and all git branches";
  const both = num ? `${branches} and all git tags` : " and all git branches and tags";
  const tips = allBranches ? (allTags ? both : branches) : allTags ? " and all git tags" : "";
  const since = date === undefined ? "" : ` and all git commits before date ${date.text}`;
  return `${tips}${since}${rev === undefined ? "" : ` and last ${num ?? 1} commits from ${rev}`}`;
}

function warningText(io: Io, flags: Flags): string {
  const experiments = flags.allExperiments ? " and all experiments" : "";
  const notInRemote = flags.notInRemote ? " that are not present in the DVC remote" : "";
  const repos = flags.projects?.map((folder) => `\n  - ${path.resolve(io.cwd, folder)}`).join("");
  const where = repos ? ` of the current and the following repos:${repos}` : " of the current repo.";
  return `This will remove all cache except items used in the workspace${commitsText(flags)}${experiments}${notInRemote}${where}`;
}

function requestOf(io: Io, flags: Flags): GarbageRequest {
  const { rev, num, allBranches, allTags, allCommits, date } = flags;
  return {
    project: openProject(io.cwd),
    others: (flags.projects ?? []).map((folder) => path.resolve(io.cwd, folder)),
    keep: {
      revs: rev === undefined ? [] : [rev],
      count: num ?? 1,
      of: [
        ...(allBranches ? (["branches"] as const) : []),
        ...(allTags ? (["tags"] as const) : []),
        ...(allCommits ? (["commits"] as const) : []),
      ],
      since: date?.second,
    },
    unreadable: flags.skipFailed ? "give up" : "refuse",
    from: flags.cloud ? "remote too" : flags.notInRemote ? "unless in the remote" : "cache",
    remote: flags.remote,
    jobs: flags.jobs,
  };
}

const listedAtMost = 10;

/** What was found, and whether it is gone. */
function foundJson({ cache, remotes }: FoundGarbage, isRemoved: "removed" | "only found"): string {
  return JSON.stringify({
    objects: cache.current.files.length + cache.legacy.files.length,
    bytes: cache.current.bytes + cache.legacy.bytes,
    remotes: remotes.map(({ remote, keys, bytes }) => ({ name: remote.name, objects: keys.length, bytes })),
    removed: isRemoved === "removed",
  });
}

function warnFound(io: Io, { unreadable, unknownLists }: FoundGarbage): void {
  for (const { where } of unreadable) warn(io, `Failed to collect '${where}', skipping`);
  if (unknownLists.length > 0) {
    const more = unknownLists.length > listedAtMost ? `\n  ${moreText(unknownLists.length - listedAtMost)}` : "";
    const lists = unknownLists.slice(0, listedAtMost).map((md5) => `\n  ${md5}`);
    warn(io, `The lists of these folders are missing, so files in them count as not needed:${lists.join("")}${more}`);
  }
}

function tellFound(io: Io, { cache, remotes }: FoundGarbage): void {
  const count = cache.current.files.length + cache.legacy.files.length;
  print(io, `${count} unused objects in the cache: ${bytesText(cache.current.bytes + cache.legacy.bytes)} to free.`);
  for (const { remote, keys, bytes } of remotes)
    print(io, `${keys.length} unused objects in remote '${remote.name}': ${bytesText(bytes)} to free.`);
}

function tellRemoved(io: Io, name: "repo" | "legacy", removed: number): void {
  print(io, removed > 0 ? `Removed ${removed} objects from ${name} cache.` : `No unused '${name}' cache to remove.`);
}

function tellRemovedThere(io: Io, removed: number): void {
  print(io, removed > 0 ? `Removed ${removed} objects from remote.` : "No unused cache to remove from remote.");
}

function dryRun(io: Io, { cache, remotes }: FoundGarbage): void {
  for (const [layout, name] of [["current", "repo"] as const, ["legacy", "legacy"] as const]) {
    for (const file of cache[layout].files) print(io, `Removing ${file}`);
    tellRemoved(io, name, cache[layout].files.length);
  }
  for (const { remote, keys } of remotes) {
    for (const key of keys) print(io, `Removing ${remote.place}/${key}`);
    tellRemovedThere(io, keys.length);
  }
}

async function run(io: Io, flags: Flags): Promise<ExitCode> {
  checkFlags(flags);
  const request = requestOf(io, flags);
  warn(io, warningText(io, flags));
  const found = await findUnneeded(request);
  warnFound(io, found);
  if (!flags.json) tellFound(io, found);
  if (flags.dry) {
    if (flags.json) printJson(io, foundJson(found, "only found"));
    else dryRun(io, found);
    return exitCodes.ok;
  }
  if (!flags.force && !(await confirm(io, "Are you sure you want to proceed?"))) return declined;
  const removed = await withWorkspaceLock(request.project, () =>
    removeUnneeded(request, found, { id: "gc", label: `'${commandText()}'` }),
  );
  if (flags.json) {
    printJson(io, foundJson(found, "removed"));
    return exitCodes.ok;
  }
  tellRemoved(io, "repo", removed.cache.current);
  tellRemoved(io, "legacy", removed.cache.legacy);
  for (const remote of removed.remotes) tellRemovedThere(io, remote.removed);
  return exitCodes.ok;
}

/** `sweepline gc` */
export const command: CommandFactory = (io, finish) =>
  new Command("gc")
    .description("Remove objects of the cache, or of a remote, that nothing needs any more.")
    .option("-w, --workspace", "keep what the workspace uses")
    .option("--rev <commit>", "keep what that commit uses")
    .option("-n, --num <n>", "keep the last n commits of --rev and of each branch (default: 1)", integer)
    .option("-a, --all-branches", "keep what the tips of all branches use")
    .option("-T, --all-tags", "keep what all tags use")
    .option("-A, --all-commits", "keep what any commit uses")
    .option("--date <yyyy-mm-dd>", "keep what commits of that day and later use", day)
    .option("--all-experiments", "keep what experiments use")
    .option("--not-in-remote", "keep what the remote lacks")
    .option("-c, --cloud", "remove from the storage remote too")
    .option("-r, --remote <name>", "the storage remote, where it is not the default one")
    .option("--skip-failed", "give up the data of commits that can't be read")
    .option("-f, --force", "do not ask")
    .option("-j, --jobs <n>", "files at a time in the remote (default: as the remote says, or 4 a processor)", jobs)
    .option("-p, --projects <paths...>", "keep what these projects use too: those that share the cache")
    .option("--dry", "tell only what would be removed")
    .option("--json", "print as JSON how many objects and bytes")
    .addHelpText("after", examples)
    .action(async (flags: Flags) => finish(await run(io, flags)));
