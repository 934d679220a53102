import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { addPaths } from "../../../pipeline/data/add.ts";
import { destinationFor } from "../../../pipeline/import/get.ts";
import { addFrom, originOf } from "../../../pipeline/import/import.ts";
import { openProject } from "../../../project/open.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/project-state.ts";
import { jobs } from "../../options/arguments.ts";
import { type Io, warn } from "../../terminal/io.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";
import { namedTargets } from "./data-transfer.ts";

interface AddFlags {
  readonly commit: boolean;
  readonly glob?: boolean;
  readonly quiet?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly relink: boolean;
  readonly toRemote?: boolean;
  readonly remote?: string;
  readonly jobs?: number;
}

function refuse(message: string): never {
  throw new SweeplineError({ code: "BAD_OPTIONS", message, exitCode: exitCodes.refused });
}

/** As DVC's. */
function checkFlags(targets: readonly string[], flags: AddFlags): void {
  const { toRemote, out, remote, jobs: asked } = flags;
  if (!toRemote && remote !== undefined) refuse("--remote can't be used without --to-remote");
  if (!toRemote && asked !== undefined) refuse("--jobs can't be used without --to-remote");
  if (!toRemote && out === undefined) return;
  const other = toRemote ? "--to-remote" : "--out";
  if (targets.length > 1) refuse(`multiple targets can't be used with ${other}`);
  if (flags.glob) refuse(`--glob option can't be used with ${other}`);
  if (!flags.commit) refuse(`--no-commit option can't be used with ${other}`);
}

/** --out, --to-remote: a copy of what lies elsewhere, here or in a remote. */
async function addCopy(io: Io, [target = ""]: readonly string[], flags: AddFlags): Promise<void> {
  const project = openProject(io.cwd);
  // What is added to a remote alone may well lie here.
  const existing = flags.force || flags.toRemote ? "replace" : "refuse";
  const destination = destinationFor({ folder: io.cwd, out: flags.out, name: target, existing });
  const state = projectState(project);
  try {
    const request = {
      project,
      jobs: flags.jobs,
      fetching: "everything",
      folder: io.cwd,
      origin: originOf(target),
      destination,
      ...(flags.toRemote ? { toRemote: { remote: flags.remote } } : {}),
    } as const;
    const files = await withWorkspaceLock(project, (lock) => {
      lock.refuseBusy({ reads: [], writes: [destination] });
      return addFrom({ ...request, cache: openCache(project, { state }) });
    });
    await trackFiles(io, project, { files, hint: flags.quiet ? "quiet" : "print" });
  } finally {
    state.close();
  }
}

async function run(io: Io, typed: readonly string[], flags: AddFlags): Promise<void> {
  const project = openProject(io.cwd);
  const targets = namedTargets(io, typed, flags);
  const state = projectState(project);
  try {
    const added = await withWorkspaceLock(project, (lock) => {
      lock.refuseBusy({ reads: [], writes: targets.map((target) => path.resolve(io.cwd, target)) });
      return addPaths({
        project,
        cache: openCache(project, { state }),
        folder: io.cwd,
        targets,
        data: !flags.commit ? "hash-only" : flags.relink ? "commit" : "store",
      });
    });
    for (const name of added.empty) warn(io, `'${name}' is empty.`);
    await trackFiles(io, project, { files: added.files, hint: flags.quiet ? "quiet" : "print" });
  } finally {
    state.close();
  }
}

const examples = `
Examples:
  sweepline add data/raw.csv images
  sweepline add 'data/*.parquet' --glob
  sweepline add -o data/raw.csv /mnt/share/raw.csv     a copy of it, tracked here
  sweepline add -o scans /mnt/scans --to-remote        the remote gets it, and nothing stays here
`;

/** `sweepline add PATH...`: tracks data files and folders. */
export const command: CommandFactory = (io, finish) =>
  new Command("add")
    .argument("<targets...>", "files and folders")
    .option("--glob", "targets may hold shell wildcards")
    .option("--no-commit", "do not put the data into the cache")
    .option("-o, --out <path>", "add a copy of it there: of a path elsewhere, or of an http(s) address")
    .option("-f, --force", "with --out: replace what is there")
    .option("--no-relink", "leave the files as they are, where cache.type makes links")
    .option("--to-remote", "upload it, and keep no copy here")
    .option("-r, --remote <name>", "with --to-remote: the storage remote, where it is not the default one")
    .option("-j, --jobs <n>", "with --to-remote: files at a time (default: 4 a processor)", jobs)
    .option("-q, --quiet", "print warnings and errors only")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: AddFlags) => {
      checkFlags(targets, flags);
      await (flags.out === undefined && !flags.toRemote ? run(io, targets, flags) : addCopy(io, targets, flags));
      finish(exitCodes.ok);
    });
