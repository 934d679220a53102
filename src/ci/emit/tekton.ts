import { pointTexts, quoted, titleOf } from "./texts.ts";
import type { Emit } from "./types.ts";

const revision = ["        - name: revision", "          value: $(params.revision)"];

function bound(workspace: string): readonly string[] {
  return ["      workspaces:", `        - name: ${workspace}`, `          workspace: ${workspace}`];
}

/** A Pipeline over the tasks `sweepline-point` and `sweepline-collect`. */
export const emitTekton: Emit = (emission) => {
  const include = pointTexts(emission).flatMap((point) => [
    `          - name: ${quoted(`p${point}`)}`,
    "            params:",
    "              - name: point",
    `                value: ${quoted(point)}`,
  ]);
  return `${[
    `# ${titleOf(emission)}`,
    "apiVersion: tekton.dev/v1",
    "kind: Pipeline",
    "metadata:",
    `  name: ${emission.sweep}`,
    "spec:",
    "  params:",
    "    - name: revision",
    "      type: string",
    "  workspaces:",
    ...["cache", "report"].flatMap((name) => [`    - name: ${name}`, "      optional: true"]),
    "  tasks:",
    "    - name: point",
    "      taskRef:",
    "        name: sweepline-point",
    ...bound("cache"),
    "      params:",
    ...revision,
    "      matrix:",
    "        include:",
    ...include,
    "  finally:",
    "    - name: collect",
    "      taskRef:",
    "        name: sweepline-collect",
    ...bound("report"),
    "      params:",
    ...revision,
  ].join("\n")}\n`;
};
