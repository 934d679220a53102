/** What `import` and `import-url` share. */

import path from "node:path";
import type { Command } from "commander";
import { SweeplineError } from "../../../base/errors.ts";
import { type Fetching, type ImportOrigin, importData } from "../../../pipeline/import/import.ts";
import type { RemoteDestination } from "../../../pipeline/import/to-remote.ts";
import { openProject } from "../../../project/open.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/project-state.ts";
import { type Io, print } from "../../terminal/io.ts";
import { trackFiles } from "../../words/track-files.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";
import { addJobsOption } from "./source-options.ts";

export interface FetchFlags {
  readonly force?: boolean;
  /** false for --no-exec and --no-download. */
  readonly exec?: boolean;
  readonly download?: boolean;
  readonly jobs?: number;
  readonly toRemote?: boolean;
  readonly remote?: string;
}

/** Refuses what DVC refuses beside --to-remote. */
function toRemoteOf({ toRemote, remote, exec, download }: FetchFlags): { readonly toRemote?: RemoteDestination } {
  if (!toRemote) return {};
  if (exec === false || download === false)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--no-exec/--no-download cannot be combined with --to-remote",
    });
  return { toRemote: { remote } };
}

export function addFetchOptions(command: Command): Command {
  return addJobsOption(command)
    .option("-f, --force", "replace what is there")
    .option("--no-exec", "write the .dvc file only, and look at nothing")
    .option("--no-download", "write the .dvc file with what the source is now, without its data");
}

function fetchingOf({ exec, download }: Pick<FetchFlags, "exec" | "download">): Fetching {
  if (exec === false && download === false)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "argument --no-download: not allowed with argument --no-exec",
    });
  return exec === false ? "nothing" : download === false ? "facts" : "everything";
}

export interface ImportHere {
  readonly origin: ImportOrigin;
  /** Absolute. */
  readonly destination: string;
  /** For people. */
  readonly from: string;
}

export async function importHere(io: Io, { origin, destination, from }: ImportHere, flags: FetchFlags): Promise<void> {
  const fetching = fetchingOf(flags);
  const toRemote = toRemoteOf(flags);
  const project = openProject(io.cwd);
  const state = projectState(project);
  try {
    const shown = path.relative(io.cwd, destination);
    if (fetching !== "nothing") print(io, `Importing '${from}' -> '${shown}'`);
    const files = await withWorkspaceLock(project, async (lock) => {
      lock.refuseBusy({ reads: [], writes: [destination] });
      const cache = openCache(project, { state });
      return importData({
        project,
        cache,
        jobs: flags.jobs,
        fetching,
        folder: io.cwd,
        origin,
        destination,
        ...toRemote,
      });
    });
    await trackFiles(io, project, { files, hint: "print" });
  } finally {
    state.close();
  }
}
