import path from "node:path";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { someOf, wordList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import type { CheckoutOutcome } from "../../../pipeline/data/checkout.ts";
import { fetchTracked, transferFailed } from "../../../pipeline/data/transfer.ts";
import { openProject } from "../../../project/open.ts";
import type { TransferOutcome } from "../../../store/remotes/types.ts";
import { type ExitCode, type Io, print, printJson } from "../../terminal/io.ts";
import { changeLines, checkoutJson, countParts } from "../../words/checkout-text.ts";
import { filesText } from "../../words/plural.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { type DataCommandFlags, dataCommand, namedTargets, tryTransfer } from "./data-transfer.ts";
import { checkOutWorkspace, refuseFailed } from "./workspace-checkout.ts";

interface PullFlags extends DataCommandFlags {
  readonly force?: boolean;
  readonly allowMissing?: boolean;
}

async function pull(io: Io, typed: readonly string[], flags: PullFlags): Promise<ExitCode> {
  const project = openProject(io.cwd);
  const targets = namedTargets(io, typed, flags);
  const fetched = await tryTransfer(io, { project, targets, flags, what: "Downloading" }, fetchTracked);
  const outcome = await checkOutWorkspace(io, { project, folder: io.cwd, targets }, flags);
  const moved = [
    ...(fetched.transferred === 0 ? [] : [filesText(fetched.transferred, "fetched")]),
    ...countParts(outcome.counts),
  ];
  const isWhole = fetched.failed.length === 0 && outcome.failed.length === 0;
  const summary = moved.length > 0 || isWhole ? [wordList(moved) || "Everything is up to date."] : [];
  if (flags.json) printJson(io, JSON.stringify({ fetched: fetched.transferred, ...checkoutJson(outcome, io.cwd) }));
  else if (!flags.quiet) for (const line of [...changeLines(outcome, io.cwd), ...summary]) print(io, line);
  refuseFetched(fetched, outcome, io.cwd);
  refuseFailed(outcome, io.cwd);
  return exitCodes.ok;
}

/** A source of data that can't be reached keeps nothing back but its own. */
function refuseFetched(fetched: TransferOutcome, { failed }: Pick<CheckoutOutcome, "failed">, folder: string): void {
  if (fetched.failed.length === 0) return;
  const names = failed.map((file) => `'${visible(path.relative(folder, file))}'`);
  const hint = `Not brought: ${someOf(names, 5)}. All else is there.`;
  const { code, message } = transferFailed(fetched, "download");
  throw new SweeplineError({ code, message, ...(names.length === 0 ? {} : { hint }) });
}
const examples = `
Examples:
  sweepline pull
  sweepline pull train -d                      with what train depends on
  sweepline pull --allow-missing               what is to be had
`;

/** `sweepline pull [targets]` */
export const command: CommandFactory = (io, finish) =>
  dataCommand("pull")
    .description("Download tracked data and bring it into the workspace.")
    .option("-f, --force", "replace files that are not in the cache")
    .option("--allow-missing", "pass over what is not to be had")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: PullFlags) =>
      finish(await refusedAs("failed to pull data from the cloud", () => pull(io, targets, flags))),
    );
