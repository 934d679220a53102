import path from "node:path";
import { exitCodes } from "../../base/errors.ts";
import { checkoutFailed, checkoutOutputs } from "../../pipeline/data/checkout.ts";
import { fetchTracked } from "../../pipeline/data/transfer.ts";
import { openCache } from "../../store/cache.ts";
import { openProject } from "../../store/open.ts";
import type { Project } from "../../store/project.ts";
import { projectState } from "../../store/state-database.ts";
import type { CommandFactory } from "../catalog.ts";
import { changeLines, countParts } from "../checkout-text.ts";
import { type DataFlags, dataCommand, transferData } from "../data-transfer.ts";
import { type ExitCode, type Io, print } from "../io.ts";
import { refusedAs } from "../refusal.ts";
import { filesText, wordList } from "../transfers.ts";
import { withWorkspaceLock } from "../workspace-lock.ts";

interface PullFlags extends DataFlags {
  readonly force?: boolean;
  readonly allowMissing?: boolean;
}

async function checkOut(project: Project, targets: readonly string[], flags: PullFlags) {
  const state = projectState(project);
  try {
    return await withWorkspaceLock(project, (lock) =>
      checkoutOutputs({
        project,
        cache: openCache(project, { state }),
        folder: process.cwd(),
        targets,
        recursive: flags.recursive === true,
        unsaved: flags.force ? "overwrite" : "refuse",
        links: "keep",
        missing: flags.allowMissing ? "skip" : "refuse",
        lock,
      }),
    );
  } finally {
    await state.close();
  }
}

async function pull(io: Io, targets: readonly string[], flags: PullFlags): Promise<ExitCode> {
  const project = openProject(process.cwd());
  const { transferred } = await transferData(io, { project, targets, flags, what: "Downloading" }, fetchTracked);
  const outcome = await checkOut(project, targets, flags);
  for (const line of changeLines(outcome)) print(io, line);
  const fetched = transferred === 0 ? [] : [filesText(transferred, "fetched")];
  print(io, wordList([...countParts(outcome.counts), ...fetched]) || "Everything is up to date.");
  if (outcome.failed.length > 0) throw checkoutFailed(outcome.failed.map((file) => path.relative(process.cwd(), file)));
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
