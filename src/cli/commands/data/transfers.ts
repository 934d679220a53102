/** What the commands that move data share: options, words, warnings. */
import type { Command } from "commander";
import type { TransferOutcome } from "../../../store/remotes/types.ts";
import { jobs } from "../../options/arguments.ts";
import { type Io, warn } from "../../terminal/io.ts";

export interface TransferFlags {
  readonly remote?: string;
  readonly jobs?: number;
  readonly runCache?: boolean;
}

export function addTransferOptions(command: Command): Command {
  return command
    .option("-r, --remote <name>", "the storage remote, where it is not the default one")
    .option("-j, --jobs <n>", "files at a time (default: as the remote says, or 4 a processor)", jobs)
    .option("--run-cache", "kept runs of stages too")
    .option("--no-run-cache", "no kept runs of stages, as without either");
}

/** Objects that nobody has are no failure of the transfer, but somebody should know. */
export function warnMissing(io: Io, { missing }: Pick<TransferOutcome, "missing">): void {
  if (missing.length === 0) return;
  const lines = missing.map((md5) => `md5: ${md5}`).join("\n");
  warn(io, `Some of the cache files do not exist neither locally nor on remote. Missing cache files:\n${lines}`);
}
