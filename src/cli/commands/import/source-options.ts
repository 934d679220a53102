/** What the commands that look into another repository share. */

import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import type { SourceRequest } from "../../../pipeline/import/source.ts";
import { filesAtOnce } from "../../../store/remotes/parallel.ts";
import { jobs } from "../../options/arguments.ts";
import type { Io } from "../../terminal/io.ts";

export interface SourceFlags {
  readonly rev?: string;
  readonly jobs?: number;
}

export function addSourceOptions(command: Command): Command {
  return command.option("--rev <commit>", "of that commit, branch or tag");
}

export function addJobsOption(command: Command): Command {
  return command.option("-j, --jobs <n>", "files at a time (default: 4 a processor)", jobs);
}

/** A folder here is looked at as it lies, unless a revision is named. */
export function sourceRequest(io: Io, url: string, flags: SourceFlags): SourceRequest {
  return {
    url,
    rev: flags.rev === undefined ? "workspace" : { name: flags.rev },
    base: io.cwd,
    scratch: path.join(tmpdir(), "sweepline"),
    jobs: filesAtOnce(flags.jobs),
  };
}
