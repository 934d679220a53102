/** What `push`, `pull` and `fetch` share. */
import { Command } from "commander";
import { type DataTransferRequest, transferFailed } from "../../../pipeline/data/transfer.ts";
import { globTargets } from "../../../pipeline/reading/glob-targets.ts";
import type { Project } from "../../../project/project.ts";
import type { TransferOutcome } from "../../../store/remotes/types.ts";
import { addCommitOptions, type CommitFlags, dataOfFlags } from "../../options/commits.ts";
import type { Io } from "../../terminal/io.ts";
import { transferProgress } from "../../terminal/transfer-progress.ts";
import { addTransferOptions, type TransferFlags, warnMissing } from "./transfers.ts";

export interface DataCommandFlags extends TransferFlags, CommitFlags {
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
  readonly glob?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export function dataCommand(name: string): Command {
  const command = new Command(name)
    .argument("[targets...]", "stages, outputs, .dvc files; everything where none is named")
    .option("-R, --recursive", "everything below the folders named")
    .option("--glob", "targets may hold shell wildcards")
    .option("-q, --quiet", "print warnings and errors only");
  command.option("--json", "print as JSON how many files were transferred");
  command.option("-d, --with-deps", "also what the targets depend on");
  return addTransferOptions(addCommitOptions(command));
}

/** The targets, patterns of --glob as what they stand for. Throws TARGETS_NOT_MATCHED. */
export function namedTargets(
  io: Io,
  targets: readonly string[],
  flags: { readonly glob?: boolean },
): readonly string[] {
  return flags.glob ? globTargets(io.cwd, targets) : targets;
}

export interface DataCall {
  readonly project: Project;
  readonly targets: readonly string[];
  readonly flags: DataCommandFlags;
  /** "Uploading" */
  readonly what: string;
}

/** As `tryTransfer`; throws TRANSFER_FAILED where files failed. */
export async function transferData(
  io: Io,
  call: DataCall,
  transfer: (request: DataTransferRequest) => Promise<TransferOutcome>,
): Promise<TransferOutcome> {
  const outcome = await tryTransfer(io, call, transfer);
  if (outcome.failed.length > 0) throw transferFailed(outcome, call.what === "Uploading" ? "upload" : "download");
  return outcome;
}

/** Runs the transfer with progress; warns of what is missing. What failed is in the answer. */
export async function tryTransfer(
  io: Io,
  call: DataCall,
  transfer: (request: DataTransferRequest) => Promise<TransferOutcome>,
): Promise<TransferOutcome> {
  const { project, targets, flags, what } = call;
  const progress = transferProgress(io, what);
  const outcome = await transfer({
    project,
    folder: io.cwd,
    targets,
    recursive: flags.recursive === true,
    names: "exact",
    extent: flags.withDeps ? "with-dependencies" : "targets-only",
    more: await dataOfFlags(project, targets, flags),
    remote: flags.remote,
    runCache: flags.runCache === true,
    jobs: flags.jobs,
    ...(flags.quiet ? {} : { progress: progress.count }),
  }).finally(() => progress.close());
  warnMissing(io, outcome);
  return outcome;
}
