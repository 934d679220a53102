import { Command } from "commander";
import { exitCodes } from "../../base/errors.ts";
import { dagDot, dagMermaid, dagText } from "../../pipeline/dag.ts";
import { planStages } from "../../pipeline/plan.ts";
import { loadProjectStages } from "../../pipeline/project-stages.ts";
import { chooseStages } from "../../pipeline/targets.ts";
import { openProject } from "../../store/open.ts";
import type { CommandFactory } from "../catalog.ts";
import { print } from "../io.ts";

interface Flags {
  readonly mermaid?: boolean;
  readonly md?: boolean;
  readonly dot?: boolean;
  readonly full?: boolean;
}

/** `sweepline dag [targets]` */
export const command: CommandFactory = (io, finish) =>
  new Command("dag")
    .argument("[targets...]", "stages, with what they need; default: everything")
    .option("--mermaid", "as a Mermaid flowchart")
    .option("--md", "as a Mermaid flowchart in Markdown")
    .option("--dot", "as a graph for Graphviz")
    .option("--full", "the whole pipelines that the targets belong to")
    .action(async (targets: readonly string[], flags: Flags) => {
      const folder = process.cwd();
      const stages = await loadProjectStages(openProject(folder));
      const chosen = chooseStages(stages, { targets, folder, recursive: false, names: "exact" });
      const { steps } = planStages(stages.graph, {
        targets: targets.length === 0 ? undefined : chosen.map(({ stage }) => stage.address),
        extent: flags.full === true ? "connected" : "with-dependencies",
      });
      const nodes = { steps, needs: stages.graph.needs };
      const mermaid = () => dagMermaid(nodes);
      if (flags.md === true) print(io, `\`\`\`mermaid\n${mermaid()}\n\`\`\``);
      else print(io, flags.mermaid === true ? mermaid() : flags.dot === true ? dagDot(nodes) : dagText(nodes));
      finish(exitCodes.ok);
    });
