import { Command, Option } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { shownStage } from "../../../pipeline/check/work.ts";
import { loadProjectStages } from "../../../pipeline/reading/project-stages.ts";
import { chooseStages } from "../../../pipeline/reading/targets.ts";
import type { Stage } from "../../../pipeline/types.ts";
import { openProject } from "../../../project/open.ts";
import { acceptQuiet } from "../../options/talk.ts";
import { print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Flags {
  readonly all?: boolean;
  readonly recursive?: boolean;
  readonly nameOnly?: boolean;
  readonly namesOnly?: boolean;
  readonly fail?: boolean;
  readonly json?: boolean;
}

function paths(items: readonly { readonly path: string }[]): string {
  return items.map((item) => item.path).join(", ");
}

/** The stage's description, or what it writes and reports. */
function summary(stage: Stage): string {
  const line = stage.desc?.split("\n").find((each) => each.trim() !== "");
  if (line !== undefined) return line.trim();
  const outs = stage.outs.filter((output) => output.kind === "out");
  const reports = stage.outs.filter((output) => output.kind !== "out");
  const parts = [
    ...(outs.length > 0 ? [`Outputs ${paths(outs)}`] : []),
    ...(reports.length > 0 ? [`Reports ${paths(reports)}`] : []),
  ];
  if (parts.length > 0) return parts.join("; ");
  const reads = [...stage.deps, ...stage.params.map((params) => params.file)];
  return reads.length > 0 ? `Depends on ${reads.join(", ")}` : "No outputs or dependencies";
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

const examples = `
Examples:
  sweepline stage list                         the stages of the dvc.yaml here
  sweepline stage list --all --name-only
  sweepline stage list --all --json
`;

/** As dvc.yaml has it, by the name that targets have. */
function stageJson(name: string, { cmd, deps, params, outs, desc, frozen }: Stage) {
  const files = outs.map(({ path, kind, cache }) => ({ path, kind, cache }));
  return { name, cmd, deps, params, outs: files, frozen, ...(desc === undefined ? {} : { desc }) };
}

/** `sweepline stage list [targets]` */
export const command: CommandFactory = (io, finish) =>
  acceptQuiet(new Command("list"))
    .argument("[targets...]", "dvc.yaml files, stages or folders; default: the dvc.yaml here")
    .option("--all", "all stages of the project")
    .option("-R, --recursive", "all stages of the folders given as targets")
    .option("--name-only", "names without descriptions")
    .addOption(new Option("--names-only", "names without descriptions").hideHelp())
    .option("--json", "print as JSON, with commands, dependencies, parameters and outputs")
    .option("--fail", "with --all or -R: fail where a file can't be read, instead of leaving it out")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => {
      const folder = io.cwd;
      const project = openProject(folder);
      const goesOn = (flags.all || flags.recursive) && !flags.fail;
      const all = await loadProjectStages(project, { broken: goesOn ? "leave-out" : "refuse" });
      for (const { message } of all.problems.values()) warn(io, message);
      const request = {
        targets: targets.length > 0 ? targets : ["dvc.yaml"],
        folder,
        recursive: flags.recursive === true,
        names: "exact" as const,
      };
      const stages = flags.all === true ? all.stages : chooseStages(all, request).map(({ stage }) => stage);
      if (flags.json) {
        printJson(io, JSON.stringify(stages.map((stage) => stageJson(shownStage({ project, folder }, stage), stage))));
        return finish(exitCodes.ok);
      }
      const rows = stages.map((stage) => [shownStage({ project, folder }, stage), shortened(summary(stage))] as const);
      const width = Math.max(0, ...rows.map(([name]) => name.length));
      for (const [name, text] of rows)
        print(io, flags.nameOnly || flags.namesOnly ? name : `${name.padEnd(width)}  ${text}`);
      finish(exitCodes.ok);
    });
