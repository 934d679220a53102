/** What the commands that look into another repository share. */

import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import type { SourceRequest } from "../../../pipeline/source/source.ts";
import type { SourceSettings } from "../../../pipeline/source/source-settings.ts";
import { jobs } from "../../options/arguments.ts";
import type { Io } from "../../terminal/io.ts";

export interface SourceFlags {
  readonly rev?: string;
  readonly config?: string;
  readonly remote?: string;
  readonly remoteConfig?: readonly string[];
  readonly jobs?: number;
}

export function addRevOption(command: Command): Command {
  return command.option("--rev <commit>", "of that commit, branch or tag");
}

export function addSourceOptions(command: Command): Command {
  return addRevOption(command)
    .option("--config <file>", "settings over those of the repository, as in its .dvc/config")
    .option("--remote <name>", "its storage remote, where it is not its default one")
    .option("--remote-config <name=value...>", "options of that remote");
}

function remoteOptions(words: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(
    words.map((word) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
      if (name === undefined || value === undefined)
        throw new SweeplineError({
          code: "BAD_OPTIONS",
          message: `--remote-config takes NAME=VALUE, not '${word}'`,
          exitCode: exitCodes.refused,
        });
      return [name.toLowerCase(), value];
    }),
  );
}

export function sourceSettings(io: Io, { config, remote, remoteConfig }: SourceFlags): SourceSettings {
  return {
    ...(config === undefined ? {} : { configFile: path.resolve(io.cwd, config) }),
    ...(remote === undefined ? {} : { remote }),
    remoteOptions: remoteOptions(remoteConfig),
  };
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
    jobs: flags.jobs,
    settings: sourceSettings(io, flags),
  };
}
