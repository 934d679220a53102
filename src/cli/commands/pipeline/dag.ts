import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { visibleText } from "../../../base/text/visible.ts";
import { buildDag, dagDot, dagMermaid, dagText } from "../../../pipeline/ask/dag.ts";
import { loadProjectStages } from "../../../pipeline/reading/project-stages.ts";
import { chooseOutputsOrStages } from "../../../pipeline/reading/targets.ts";
import { openProject } from "../../../project/open.ts";
import { acceptQuiet } from "../../options/talk.ts";
import { print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Flags {
  readonly mermaid?: boolean;
  readonly md?: boolean;
  readonly dot?: boolean;
  readonly full?: boolean;
  readonly outs?: boolean;
  readonly collapseForeachMatrix?: boolean;
}

function checkFlags(flags: Flags): void {
  if (flags.outs && flags.collapseForeachMatrix)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "`--outs` and `--collapse-foreach-matrix` are mutually exclusive",
      exitCode: exitCodes.refused,
    });
}

const examples = `
Examples:
  sweepline dag                                the stages, drawn
  sweepline dag train --full                   the whole pipeline that train belongs to
  sweepline dag --outs --dot | dot -Tsvg > dag.svg
`;

/** `sweepline dag [targets]` */
export const command: CommandFactory = (io, finish) =>
  acceptQuiet(new Command("dag"))
    .argument("[targets...]", "stages, with what they need; default: everything")
    .option("--mermaid", "as a Mermaid flowchart")
    .option("--md", "as a Mermaid flowchart in Markdown")
    .option("--dot", "as a graph for Graphviz")
    .option("--full", "the whole pipelines that the targets belong to")
    .option("-o, --outs", "the graph of outputs, not of stages")
    .option("--collapse-foreach-matrix", "one node for all stages of a foreach or matrix")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => {
      checkFlags(flags);
      const folder = io.cwd;
      const stages = await loadProjectStages(openProject(folder));
      const dag = buildDag(stages, {
        folder,
        chosen: chooseOutputsOrStages(stages, { targets, folder, recursive: false, names: "exact" }),
        extent: flags.full ? "connected" : "with-dependencies",
        nodes: flags.outs ? "outputs" : flags.collapseForeachMatrix ? "groups" : "stages",
      });
      if (flags.dot) print(io, visibleText(dagDot(dag)));
      else if (flags.md) print(io, visibleText(`\`\`\`mermaid\n${dagMermaid(dag)}\n\`\`\``));
      else print(io, visibleText(flags.mermaid ? dagMermaid(dag) : dagText(dag)));
      finish(exitCodes.ok);
    });
