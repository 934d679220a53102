import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { addPaths } from "../../../pipeline/data/add.ts";
import { openProject } from "../../../project/open.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/project-state.ts";
import { type Io, warn } from "../../terminal/io.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";
import { namedTargets } from "./data-transfer.ts";

interface AddFlags {
  readonly commit: boolean;
  readonly glob?: boolean;
  readonly quiet?: boolean;
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
        data: flags.commit ? "commit" : "hash-only",
      });
    });
    for (const name of added.empty) warn(io, `'${name}' is empty.`);
    await trackFiles(io, project, { files: added.files, hint: flags.quiet ? "quiet" : "print" });
  } finally {
    state.close();
  }
}

/** `sweepline add PATH...`: tracks data files and folders. */
export const command: CommandFactory = (io, finish) =>
  new Command("add")
    .argument("<targets...>", "files and folders")
    .option("--glob", "targets may hold shell wildcards")
    .option("--no-commit", "do not put the data into the cache")
    .option("-q, --quiet", "print warnings and errors only")
    .action(async (targets: readonly string[], flags: AddFlags) => {
      await run(io, targets, flags);
      finish(exitCodes.ok);
    });
