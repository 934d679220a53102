import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { unprotectPaths } from "../../../pipeline/data/unprotect.ts";
import { openProject } from "../../../project/open.ts";
import { openCache } from "../../../store/cache.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

const examples = `
Examples:
  sweepline unprotect data/raw.csv       a copy that may be edited, where cache.type makes links
`;

/** `sweepline unprotect TARGET...` */
export const command: CommandFactory = (io, finish) =>
  new Command("unprotect")
    .description("Make files that are links into the cache files of their own, which may be edited.")
    .argument("<targets...>", "files and folders")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[]) => {
      const project = openProject(io.cwd);
      const paths = targets.map((target) => path.resolve(io.cwd, target));
      await withWorkspaceLock(project, async (lock) => {
        lock.refuseBusy({ reads: [], writes: paths });
        unprotectPaths(openCache(project), paths, io.cwd);
      });
      finish(exitCodes.ok);
    });
