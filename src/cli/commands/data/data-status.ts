import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { pythonJson } from "../../../base/python.ts";
import type { Value } from "../../../base/value.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import type { DataChange } from "../../../experiments/show/data-changes.ts";
import { type DataStatus, dataStatus } from "../../../experiments/show/data-status.ts";
import { openProject } from "../../../project/open.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/project-state.ts";
import { targetsFrom } from "../../options/targets.ts";
import { type Io, print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Flags {
  readonly json?: boolean;
  readonly granular?: boolean;
  readonly unchanged?: boolean;
  readonly untrackedFiles?: "no" | "all" | true;
  readonly remote?: string;
  readonly notInRemote?: boolean;
}

const examples = `
Examples:
  sweepline data status
  sweepline data status --granular data       the files of one folder
  sweepline data status --not-in-remote       what is not pushed yet
`;

const order = ["modified", "added", "deleted", "renamed", "unknown"] as const;

type Part = readonly [key: string, label: string, hints: readonly string[], lines: readonly string[], value: Value];

/** In DVC's order of kinds: as they come up first. */
function changesValue(changes: readonly DataChange[]): Value {
  const kinds = order.filter((kind) => changes.some((change) => change.kind === kind));
  return new Map(
    kinds.map((kind) => [
      kind,
      changes
        .filter((change) => change.kind === kind)
        .map(({ path, oldPath }) =>
          oldPath === undefined
            ? path
            : new Map([
                ["old", oldPath],
                ["new", path],
              ]),
        ),
    ]),
  );
}

function changesLines(changes: readonly DataChange[]): readonly string[] {
  return order.flatMap((kind) =>
    changes
      .filter((change) => change.kind === kind)
      .map(({ path, oldPath }) => `${kind}: ${oldPath === undefined ? path : `${oldPath} -> ${path}`}`),
  );
}

function partsOf(status: DataStatus, flags: Flags): readonly Part[] {
  const list = (items: readonly string[]) => [items, [...items]] as const;
  const changes = (items: readonly DataChange[]) => [changesLines(items), changesValue(items)] as const;
  const parts: readonly Part[] = [
    ["not_in_cache", "Not in cache", ['use "sweepline fetch <file>..." to download files'], ...list(status.notInCache)],
    ["not_in_remote", "Not in remote", ['use "sweepline push <file>..." to upload files'], ...list(status.notInRemote)],
    [
      "committed",
      "DVC committed changes",
      ["git commit the corresponding dvc files to update the repo"],
      ...changes(status.committed),
    ],
    [
      "uncommitted",
      "DVC uncommitted changes",
      ['use "sweepline commit <file>..." to track changes', 'use "sweepline checkout <file>..." to discard changes'],
      ...changes(status.uncommitted),
    ],
    [
      "untracked",
      "Untracked files",
      ['use "git add <file> ..." or "sweepline add <file>..." to commit to git or to dvc'],
      ...list(status.untracked),
    ],
    ["unchanged", "DVC unchanged files", [], ...list(flags.unchanged ? status.unchanged : [])],
  ];
  return parts.filter(([, , , lines]) => lines.length > 0);
}

function printStatus(io: Io, status: DataStatus, parts: readonly Part[]): void {
  if (parts.length === 0) print(io, `No changes${status.git === "no commits" ? " in an empty git repo" : ""}.`);
  for (const [at, [, label, hints, lines]] of parts.entries()) {
    if (at > 0) print(io, "");
    print(io, `${label}:`);
    for (const hint of hints) print(io, `  (${hint})`);
    for (const line of lines) print(io, `        ${line}`);
  }
  const other = parts.length === 0 ? "" : "other ";
  if (status.git === "changed" || (status.git === "no commits" && parts.length > 0))
    print(io, `(there are ${other}changes not tracked by dvc, use "git status" to see)`);
}

async function run(io: Io, typed: readonly string[], flags: Flags): Promise<void> {
  const project = openProject(io.cwd);
  const state = projectState(project);
  try {
    const status = await dataStatus({
      project,
      context: project.gitRoot === null ? undefined : openExperiments(project),
      cache: openCache(project, { state }),
      depth: flags.granular ? "files" : "roots",
      targets: targetsFrom({ project, folder: io.cwd }, typed),
      remote: flags.notInRemote ? { name: flags.remote } : undefined,
      untracked: flags.untrackedFiles === undefined || flags.untrackedFiles === "no" ? "no" : "all",
    });
    const parts = partsOf(status, flags);
    if (flags.json) printJson(io, pythonJson(new Map(parts.map(([key, , , , value]) => [key, value]))));
    else printStatus(io, status, parts);
  } finally {
    state.close();
  }
}

/** `sweepline data status [TARGET...]` */
export const command: CommandFactory = (io, finish) =>
  new Command("status")
    .description("Show how tracked data differs between the last commit, the lock files and the workspace.")
    .argument("[targets...]", "files and folders; default: everything")
    .option("--json", "print as JSON")
    .option("--granular", "also the files of tracked folders")
    .option("--unchanged", "also what is the same everywhere")
    .addOption(
      new Option("--untracked-files [which]", "also files that nobody tracks (no, all)").choices(["no", "all"]),
    )
    .option("-r, --remote <name>", "with --not-in-remote: the storage remote, where it is not the default one")
    .option("--not-in-remote", "also what the remote lacks")
    .addOption(new Option("--no-remote-refresh", "taken for scripts made for DVC; the remote is asked").hideHelp())
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => {
      await run(io, targets, flags);
      finish(exitCodes.ok);
    });
