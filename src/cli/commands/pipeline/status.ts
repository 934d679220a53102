import { Command, Option } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { quotedList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { type ProjectStatus, projectStatus, statusLines, statusPlain } from "../../../pipeline/ask/status.ts";
import { type CloudStatus, cloudStatus } from "../../../pipeline/data/cloud-status.ts";
import { openProject } from "../../../project/open.ts";
import { projectState } from "../../../store/project-state.ts";
import { addCommitOptions, type CommitFlags, dataOfFlags } from "../../options/commits.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Flags extends CommitFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly recursive?: boolean;
  readonly withDeps?: boolean;
  readonly cloud?: boolean;
  readonly remote?: string;
}

function pythonSpacing(json: unknown): string {
  if (Array.isArray(json)) return `[${json.map(pythonSpacing).join(", ")}]`;
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  return `{${Object.entries(json)
    .map(([key, value]) => `${JSON.stringify(key)}: ${pythonSpacing(value)}`)
    .join(", ")}}`;
}

function report(io: Io, status: ProjectStatus, flags: Flags): ExitCode {
  if (flags.json) printJson(io, pythonSpacing(statusPlain(status)));
  else if (flags.quiet) return status.stages.length > 0 ? 1 : exitCodes.ok;
  else if (status.stages.length > 0) print(io, statusLines(status).join("\n"));
  else
    print(
      io,
      status.isEmpty
        ? "There are no data or pipelines tracked in this project yet."
        : "Data and pipelines are up to date.",
    );
  return exitCodes.ok;
}

function cloudText({ files, remotes }: CloudStatus, flags: Flags): string {
  if (files.size === 0) return `Cache and remote${remotes.length > 1 ? "s" : ""} ${quotedList(remotes)} are in sync.`;
  // As DVC prints it: with --remote alone without a tab.
  const indent = flags.cloud ? "\t" : "";
  return [...files].map(([name, state]) => `${indent}${`${state}:`.padEnd(20)}${visible(name)}`).join("\n");
}

async function runCloud(io: Io, targets: readonly string[], flags: Flags): Promise<ExitCode> {
  const folder = io.cwd;
  const project = openProject(folder);
  const status = await cloudStatus({
    project,
    folder,
    targets,
    recursive: flags.recursive === true,
    extent: flags.withDeps === true ? "with-dependencies" : "targets-only",
    names: "exact",
    more: await dataOfFlags(project, targets, flags),
    remote: flags.remote,
  });
  if (flags.json) printJson(io, pythonSpacing(Object.fromEntries(status.files)));
  else if (flags.quiet) return status.files.size > 0 ? 1 : exitCodes.ok;
  else print(io, cloudText(status, flags));
  return exitCodes.ok;
}

async function run(io: Io, targets: readonly string[], flags: Flags): Promise<ExitCode> {
  if (flags.cloud || flags.remote !== undefined) return runCloud(io, targets, flags);
  if (flags.allBranches || flags.allTags || flags.allCommits)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "the following options are meaningful only with -c/--cloud or -r/--remote: -a, -T, -A",
    });
  const folder = io.cwd;
  const project = openProject(folder);
  const state = projectState(project);
  try {
    const status = await projectStatus(project, {
      folder,
      targets,
      recursive: flags.recursive === true,
      extent: flags.withDeps === true ? "with-dependencies" : "targets-only",
      state,
      warning: (text) => {
        if (!flags.quiet) warn(io, text);
      },
    });
    return report(io, status, flags);
  } finally {
    state.close();
  }
}

const examples = `
Examples:
  sweepline status                             what \`repro\` would run, and why
  sweepline status -q || sweepline repro       the exit code tells it
  sweepline status -c -r storage               what the storage remote lacks
`;

/** `sweepline status [targets]`: what changed since the stages last ran. */
export const command: CommandFactory = (io, finish) =>
  addCommitOptions(new Command("status"))
    .argument("[targets...]", "stages, dvc.yaml files, outputs or .dvc files; default: everything")
    .option("--json", "print as JSON")
    .option("-q, --quiet", "print nothing; the exit code is 1 where something changed")
    .option("-R, --recursive", "all stages of the folders given as targets")
    .option("-d, --with-deps", "the stages that the targets depend on too")
    .option("-c, --cloud", "compare the cache with the storage remote instead")
    .addOption(
      new Option("--no-updates", "taken for scripts made for DVC: imports are never asked for updates").hideHelp(),
    )
    .option("-r, --remote <name>", "the same, with another remote than the default one")
    .addOption(new Option("-j, --jobs <n>", "taken for scripts made for DVC; changes nothing here").hideHelp())
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => finish(await run(io, targets, flags)));
