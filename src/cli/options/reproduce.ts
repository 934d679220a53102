/** The options of a run on the command line: see pipeline/run-options.ts for what they are. */
import { type Command, Option } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { type RunOptions, runFlags, runOptionTable, workspaceOnlyFlags } from "../../pipeline/run-options.ts";
import type { Project } from "../../project/project.ts";

const [strictFlag] = runOptionTable.strict.flags;
export const strictHelp = strictFlag?.help ?? "";

/** Adds the options to a command: `runOptionsOf(command.opts())` has what they are then. */
export function addReproduceOptions(command: Command, where: "workspace" | "anywhere" = "anywhere"): Command {
  for (const { name, help } of runFlags(where)) command.option(name, help);
  // As many call it.
  return command
    .addOption(new Option("--single-stage").hideHelp())
    .on("option:single-stage", () => command.setOptionValue("singleItem", true));
}

/** Throws BAD_OPTIONS for options that make sense in the workspace only: the others run in copies of it. */
export function refuseWorkspaceRuns(options: RunOptions, command: "sweep" | "search" | "matrix plan"): void {
  const { all, given } = workspaceOnlyFlags(options);
  if (given.length === 0) return;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: `a sweep runs in copies of the workspace: \`${command}\` takes neither ${all.map(({ name }) => name).join(" nor ")}`,
    hint: "`sweepline expand OVERRIDE...` shows its points.",
  });
}

/** Whether a run in the workspace asks before each stage. Refuses to ask where several may run at once. */
export function asksStages(project: Project, { interactive, jobs }: Pick<RunOptions, "interactive" | "jobs">): boolean {
  const asks = interactive || project.config.interactive;
  if (asks && jobs > 1)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: `${interactive ? "--interactive" : "core.interactive"} asks stage by stage: it can't be used with --jobs above 1`,
    });
  return asks;
}
