import { exitCodes } from "../../../base/errors.ts";
import { wordList } from "../../../base/text/listing.ts";
import { fetchTracked } from "../../../pipeline/data/transfer.ts";
import { openProject } from "../../../project/open.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import { changeLines, countParts } from "../../words/checkout-text.ts";
import { filesText } from "../../words/plural.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { type DataCommandFlags, dataCommand, namedTargets, transferData } from "./data-transfer.ts";
import { checkOutWorkspace, refuseFailed } from "./workspace-checkout.ts";

interface PullFlags extends DataCommandFlags {
  readonly force?: boolean;
  readonly allowMissing?: boolean;
}

async function pull(io: Io, typed: readonly string[], flags: PullFlags): Promise<ExitCode> {
  const project = openProject(io.cwd);
  const targets = namedTargets(io, typed, flags);
  const { transferred } = await transferData(io, { project, targets, flags, what: "Downloading" }, fetchTracked);
  const outcome = await checkOutWorkspace(io, { project, folder: io.cwd, targets }, flags);
  const fetched = transferred === 0 ? [] : [filesText(transferred, "fetched")];
  const summary = wordList([...countParts(outcome.counts), ...fetched]) || "Everything is up to date.";
  if (!flags.quiet) for (const line of [...changeLines(outcome, io.cwd), summary]) print(io, line);
  refuseFailed(outcome, io.cwd);
  return exitCodes.ok;
}

/** `sweepline pull [targets]` */
export const command: CommandFactory = (io, finish) =>
  dataCommand("pull")
    .description("Download tracked data and bring it into the workspace.")
    .option("-f, --force", "replace files that are not in the cache")
    .option("--allow-missing", "pass over what is not to be had")
    .action(async (targets: readonly string[], flags: PullFlags) =>
      finish(await refusedAs("failed to pull data from the cloud", () => pull(io, targets, flags))),
    );
