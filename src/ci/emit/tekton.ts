import { pointTexts, quoted, titleOf } from "./texts.ts";
import type { Emit } from "./types.ts";

const sharedParams = ["repository", "revision"];

function paramLines(indent: string): readonly string[] {
  return sharedParams.flatMap((name) => [`${indent}- name: ${name}`, `${indent}  value: $(params.${name})`]);
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
    ...sharedParams.flatMap((name) => [`    - name: ${name}`, "      type: string"]),
    "  tasks:",
    "    - name: point",
    "      taskRef:",
    "        name: sweepline-point",
    "      params:",
    ...paramLines("        "),
    "      matrix:",
    "        include:",
    ...include,
    "  finally:",
    "    - name: collect",
    "      taskRef:",
    "        name: sweepline-collect",
    "      params:",
    ...paramLines("        "),
  ].join("\n")}\n`;
};
