import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { withoutCredentials } from "../../../base/text/secrets.ts";
import type { RemoteDestination } from "../../../pipeline/import/to-remote.ts";
import { updateImports } from "../../../pipeline/import/update.ts";
import { openProject } from "../../../project/open.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/project-state.ts";
import { print } from "../../terminal/io.ts";
import { failedWith } from "../../words/refusal.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";
import { addJobsOption, addRevOption, type SourceFlags } from "./source-options.ts";

interface Flags extends SourceFlags {
  readonly recursive?: boolean;
  readonly download?: boolean;
  readonly toRemote?: boolean;
}

/** Refuses what DVC refuses beside each other. */
function toRemoteOf({ toRemote, remote, download }: Flags): RemoteDestination | undefined {
  const refuse = (message: string) => new SweeplineError({ code: "BAD_OPTIONS", message });
  if (toRemote && download === false) throw refuse("--to-remote can't be used with --no-download");
  if (!toRemote && remote !== undefined) throw refuse("--remote can't be used without --to-remote");
  return toRemote ? { remote } : undefined;
}

const examples = `
Examples:
  sweepline update raw.dvc
  sweepline update model.dvc --rev v2       follow another tag or branch from now on
  sweepline update -R data                  all imports below a folder
  sweepline update raw.dvc --to-remote      from its address to the remote, and nothing of it here
`;

/** `sweepline update TARGET...` */
export const command: CommandFactory = (io, finish) =>
  addJobsOption(
    addRevOption(
      new Command("update")
        .description("Bring imported data to what it is at its source now.")
        .argument("<targets...>", ".dvc files"),
    ),
  )
    .option("-R, --recursive", "all imports below the folders named")
    .option("--no-download", "only what the source is now, without its data")
    .option("--to-remote", "upload it, and leave what lies here as it is")
    .option("-r, --remote <name>", "with --to-remote: the storage remote, where it is not the default one")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => {
      const project = openProject(io.cwd);
      const state = projectState(project);
      try {
        const files = await failedWith(1, "failed update data", () =>
          withWorkspaceLock(project, (lock) =>
            updateImports({
              project,
              cache: openCache(project, { state }),
              folder: io.cwd,
              targets,
              recursive: flags.recursive === true,
              rev: flags.rev,
              fetching: flags.download === false ? "facts" : "everything",
              toRemote: toRemoteOf(flags),
              jobs: flags.jobs,
              lock,
              importing: (from, to) => print(io, `Importing '${withoutCredentials(from)}' -> '${to}'`),
              unchanged: (file) => print(io, `'${file}' didn't change, skipping`),
            }),
          ),
        );
        await trackFiles(io, project, { files, hint: "quiet" });
      } finally {
        state.close();
      }
      finish(exitCodes.ok);
    });
