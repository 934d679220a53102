import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { stateLayout } from "../../../experiments/layout.ts";
import { keepStages } from "../../../experiments/recovery/stage-tables.ts";
import type { WorkspaceLock } from "../../../pipeline/locks/workspace-lock.ts";
import { reproductionError } from "../../../pipeline/reproduce/failure-words.ts";
import { reproduce } from "../../../pipeline/reproduce/reproduce.ts";
import type { ReproduceResult } from "../../../pipeline/reproduce/result.ts";
import { runOptionsOf } from "../../../pipeline/run-options.ts";
import { openProject } from "../../../project/open.ts";
import type { Project } from "../../../project/project.ts";
import { projectState } from "../../../store/project-state.ts";
import { jobs } from "../../options/arguments.ts";
import { addReproduceOptions, asksStages } from "../../options/reproduce.ts";
import { listenForInterrupt } from "../../terminal/interrupt.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import { killGroups, stageEvents } from "../../terminal/stage-events.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "./workspace-lock.ts";

interface ReproFlags {
  readonly jobs?: number;
  readonly quiet?: boolean;
}

interface Reproduced {
  readonly project: Project;
  readonly result: ReproduceResult;
}

async function report(io: Io, flags: ReproFlags, { project, result }: Reproduced): Promise<ExitCode> {
  if (result.kind === "cancelled") {
    io.stderr.write("Stopped: the next repro goes on where this one ended.\n");
    return exitCodes.interrupted;
  }
  if (result.kind === "failed") {
    throw reproductionError(result.failures, runOptionsOf(flags).onError);
  }
  const files = result.writtenFiles.map((file) => path.join(project.root, file));
  await trackFiles(io, project, { files, hint: flags.quiet ? "quiet" : "print" });
  if (flags.quiet) return exitCodes.ok;
  print(
    io,
    result.changed === 0
      ? "Data and pipelines are up to date."
      : "Use `sweepline push` to send your updates to remote storage.",
  );
  return exitCodes.ok;
}

async function run(io: Io, targets: readonly string[], flags: ReproFlags): Promise<ExitCode> {
  const folder = io.cwd;
  const project = openProject(folder);
  const state = projectState(project);
  const groups = new Set<number>();
  const options = runOptionsOf(flags, { jobs: flags.jobs ?? 1 });
  const endAtOnce = () => {
    killGroups(groups);
    return "Ended at once: the outputs of the stage that ran may be incomplete. The next repro runs it again.";
  };
  const interrupt = listenForInterrupt(io, { endAtOnce, advice: "print" });
  try {
    const reproduceWith = (lock: WorkspaceLock | undefined) =>
      reproduce(
        project,
        {
          ...options,
          targets,
          ...(lock === undefined ? {} : { lock }),
          interactive: asksStages(project, options),
          folder,
          environment: {},
          dvcRoot: project.root,
          output: { kind: "inherit" },
          signal: interrupt.signal,
          state,
          runner: { id: "workspace", label: "'sweepline repro'" },
        },
        stageEvents(io, { groups, messages: flags.quiet ? "none" : "all", keeper: keepStages(stateLayout(project)) }),
      );
    const result = options.dry
      ? await reproduceWith(undefined)
      : await withWorkspaceLock(project, reproduceWith, interrupt.signal);
    return await report(io, flags, { project, result });
  } finally {
    interrupt.release();
    state.close();
  }
}

const examples = `
Examples:
  sweepline repro                              what changed, and what depends on it
  sweepline repro train -j 4                   up to train; stages that do not need each other at once
  sweepline repro --dry                        what would run
  sweepline repro --pull                       with missing data from the storage remote
`;

/** `sweepline repro [targets]`: runs the pipeline's stages that changed. */
export const command: CommandFactory = (io, finish) =>
  addReproduceOptions(
    new Command("repro").argument("[targets...]", "stages, dvc.yaml files, outputs or .dvc files"),
    "workspace",
  )
    .option("-j, --jobs <number>", "run stages that do not depend on each other at the same time", jobs)
    .option("-q, --quiet", "print warnings and errors only")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: ReproFlags) => finish(await run(io, targets, flags)));
