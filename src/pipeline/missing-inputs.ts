/** Files that stages read and nobody makes: known before the first stage runs. */
import path from "node:path";
import { existsSync } from "../base/files.ts";
import { outputsAt } from "./graph.ts";
import { isUrl } from "./paths.ts";
import type { ProjectStages } from "./project-stages.ts";
import { shownItem, shownStage, type Work } from "./run/work.ts";
import type { Stage, StageFailure } from "./types.ts";

const hint = "Nothing was run. What a stage writes and another one reads belongs to the outs of the first.";

/**
 * The stages that would fail for a dependency or a parameter file that is neither there nor, wholly or in part, an
 * output of any stage. In the order of the steps, the first such file of each.
 */
export function missingInputs(
  stages: ProjectStages,
  steps: readonly Stage[],
  place: Pick<Work, "project" | "folder">,
): readonly StageFailure[] {
  const isThere = rememberedExistence();
  const isMissing = (stage: Stage, name: string) => {
    const file = path.resolve(stage.workingFolder, name);
    return !isUrl(name) && outputsAt(stages.outputs, file).length === 0 && !isThere(file);
  };
  return steps.flatMap((stage) => {
    if (stage.cmd === null || stage.frozen) return [];
    const names = [...stage.deps, ...stage.params.map((params) => params.file)];
    const missing = names.find((name) => isMissing(stage, name));
    if (missing === undefined) return [];
    const message = `dependency '${shownItem(place, stage, missing)}' does not exist`;
    return [{ address: stage.address, name: shownStage(place, stage), message, hint }];
  });
}

function rememberedExistence(): (file: string) => boolean {
  const known = new Map<string, boolean>();
  return (file) => {
    const answer = known.get(file) ?? existsSync(file);
    known.set(file, answer);
    return answer;
  };
}
