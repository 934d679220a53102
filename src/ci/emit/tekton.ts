import { pointTexts, quoted, titleOf } from "./texts.ts";
import type { Emission, Emit } from "./types.ts";

function shared({ digest }: Emission): readonly string[] {
  const plan = ["        - name: plan", `          value: ${quoted(digest)}`];
  return ["        - name: revision", "          value: $(params.revision)", ...plan];
}

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
    ...shared(emission),
    "      matrix:",
    "        include:",
    ...include,
    "  finally:",
    "    - name: collect",
    "      taskRef:",
    "        name: sweepline-collect",
    ...bound("report"),
    "      params:",
    ...shared(emission),
  ].join("\n")}\n`;
};
