/** `freeze` and `unfreeze` differ in one word. */
import { Command } from "commander";
import { exitCodes } from "../base/errors.ts";
import { setFrozen } from "../pipeline/edit-file.ts";
import { loadProjectStages } from "../pipeline/project-stages.ts";
import { chooseStages } from "../pipeline/targets.ts";
import { openProject } from "../store/open.ts";
import type { CommandFactory } from "./catalog.ts";
import { addTalkOptions } from "./talk-options.ts";

export function freezeCommand(name: "freeze" | "unfreeze"): CommandFactory {
  return (_io, finish) =>
    addTalkOptions(new Command(name))
      .argument("<targets...>", "stages")
      .action(async (targets: readonly string[]) => {
        const folder = process.cwd();
        const project = openProject(folder);
        const stages = await loadProjectStages(project);
        const chosen = chooseStages(stages, { targets, folder, recursive: false, names: "exact" });
        for (const { stage } of chosen) await setFrozen(project, stage, name === "freeze" ? "frozen" : "thawed");
        finish(exitCodes.ok);
      });
}
