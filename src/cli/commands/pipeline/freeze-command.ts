/** `freeze` and `unfreeze` differ in one word. */
import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { quotedList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { setFrozen } from "../../../pipeline/edit/edit-file.ts";
import { loadProjectStages } from "../../../pipeline/reading/project-stages.ts";
import { chooseStages } from "../../../pipeline/reading/targets.ts";
import { openProject } from "../../../project/open.ts";
import { type Io, print } from "../../terminal/io.ts";
import { refusedAs } from "../../words/refusal.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";

interface Flags {
  readonly quiet?: boolean;
}

interface FreezeRequest {
  readonly name: "freeze" | "unfreeze";
  readonly targets: readonly string[];
}

async function freeze(io: Io, { name, targets }: FreezeRequest, flags: Flags): Promise<void> {
  const folder = io.cwd;
  const project = openProject(folder);
  const stages = await loadProjectStages(project);
  const chosen = chooseStages(stages, { targets, folder, recursive: false, names: "exact" });
  const changed = new Set<string>();
  for (const { stage } of chosen) {
    const change = await setFrozen(project, stage, name === "freeze" ? "frozen" : "thawed");
    if (change === "unchanged") continue;
    const file = path.join(project.root, stage.file);
    changed.add(file);
    if (!flags.quiet && stage.cmd !== null)
      print(io, `Modifying stage '${visible(stage.name)}' in '${visible(path.relative(folder, file))}'`);
  }
  await trackFiles(io, project, { files: [...changed], hint: "quiet" });
}

const examples = {
  freeze: `
Examples:
  sweepline freeze prepare          it does not run any more, whatever changes
  sweepline freeze raw.csv.dvc
`,
  unfreeze: `
Example:
  sweepline unfreeze prepare
`,
};

export function freezeCommand(name: "freeze" | "unfreeze"): CommandFactory {
  return (io, finish) =>
    new Command(name)
      .argument("<targets...>", "stages or .dvc files")
      .option("-q, --quiet", "print errors only")
      .addHelpText("after", examples[name])
      .action(async (targets: readonly string[], flags: Flags) => {
        await refusedAs(`failed to ${name} ${quotedList(targets)}`, () => freeze(io, { name, targets }, flags));
        finish(exitCodes.ok);
      });
}
