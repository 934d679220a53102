import { readableShellWord } from "../../base/text/shell-word.ts";
import { useCache } from "../package-spec.ts";
import { enterProject, pointCommand, pointTexts, quoted, titleOf } from "./texts.ts";
import type { Emit } from "./types.ts";

/** Steps for `buildkite-agent pipeline upload`. A `$$` is a `$` that the upload does not replace. */
export const emitBuildkite: Emit = (emission) => {
  const { planFile, parallel, sweep } = emission;
  const download = `buildkite-agent artifact download ${readableShellWord(planFile)} .`;
  const commands = [...enterProject(emission), download, useCache("$$SWEEP_CACHE"), pointCommand(emission, "$$POINT")];
  const steps = pointTexts(emission).flatMap((point) => [
    `  - label: ${quoted(`sweep ${point}`)}`,
    "    commands:",
    ...commands.map((command) => `      - ${quoted(command)}`),
    "    env:",
    `      POINT: ${quoted(point)}`,
    ...(parallel === undefined ? [] : [`    concurrency: ${parallel}`, `    concurrency_group: ${quoted(sweep)}`]),
    "    retry:",
    "      automatic:",
    "        - exit_status: 75",
    "          limit: 2",
  ]);
  return `${[`# ${titleOf(emission)}`, "steps:", ...steps].join("\n")}\n`;
};
