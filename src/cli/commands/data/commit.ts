import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { commitStages } from "../../../pipeline/reproduce/commit-stages.ts";
import { openProject } from "../../../project/open.ts";
import { projectState } from "../../../store/project-state.ts";
import { stageEvents } from "../../terminal/stage-events.ts";
import { refusedAs } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

interface Flags {
  readonly force?: boolean;
  readonly recursive?: boolean;
  readonly withDeps?: boolean;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  sweepline commit                             asks before each stage that changed
  sweepline commit train -f                    records what lies there as what train made
`;

/** `sweepline commit [targets]` */
export const command: CommandFactory = (io, finish) =>
  new Command("commit")
    .option("-q, --quiet", "print errors only")
    .argument("[targets...]", "stages, dvc.yaml files, outputs or .dvc files; default: everything")
    .option("-f, --force", "also what changed, without asking")
    .option("-d, --with-deps", "the stages that the targets depend on too")
    .addOption(new Option("--no-relink", "taken for scripts made for DVC; changes nothing here").hideHelp())
    .option("-R, --recursive", "all stages of the folders given as targets")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => {
      const folder = io.cwd;
      const project = openProject(folder);
      const state = projectState(project);
      const events = stageEvents(io, { groups: new Set(), messages: flags.quiet ? "none" : "all" });
      const request = {
        folder,
        targets,
        recursive: flags.recursive === true,
        extent: flags.withDeps ? ("with-dependencies" as const) : ("targets-only" as const),
        changed: flags.force === true ? ("accept" as const) : ("ask" as const),
        events,
        state,
      };
      try {
        await refusedAs(["failed to commit", ...targets].join(" "), () =>
          withWorkspaceLock(project, (lock) => commitStages(project, { ...request, lock })),
        );
      } finally {
        state.close();
      }
      finish(exitCodes.ok);
    });
