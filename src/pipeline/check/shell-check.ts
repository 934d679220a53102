/** Says which commands receive values that a shell would misread, and the variable that carries each safely. */
import { SweeplineError } from "../../base/errors.ts";
import { visible } from "../../base/text/visible.ts";
import { parameterVariable } from "../definition/parameter-variable.ts";
import type { ShellHazard, Stage } from "../types.ts";

const shownText = 60;

function shown(text: string): string {
  return JSON.stringify(text.length > shownText ? `${text.slice(0, shownText)}...` : text);
}

function isDeclared({ params, templateValues }: Stage, key: string): boolean {
  if (templateValues?.has(key) || [...(templateValues?.keys() ?? [])].some((name) => key.startsWith(`${name}.`)))
    return true;
  return params.some(({ keys }) => keys === null || keys.some((name) => key === name || key.startsWith(`${name}.`)));
}

function advice(stage: Stage, { reference }: ShellHazard): string {
  const key = reference.trim().replace(/\[([^\]]*)\]/g, ".$1");
  const listed = isDeclared(stage, key) ? "" : `, and list "${key}" in its params`;
  return `Write "$${parameterVariable(key)}" there instead${listed}.`;
}

/** One line about one value: what a shell reads in it, and what to write instead. `name` is the stage's in messages. */
export function hazardText(stage: Stage, hazard: ShellHazard, name: string): string {
  const { reference, text, characters, part } = hazard;
  const where = `the command of stage '${visible(name)}' gets \${${reference}}`;
  const reads = `of which the shell reads ${characters.join(" ")} as its own`;
  if (part === "key") return `${where} with the key ${shown(text)}, ${reads}. Rename the key.`;
  return `${where} as ${shown(text)}, ${reads}. ${advice(stage, hazard)}`;
}

/** With --strict. Throws SHELL_CHARACTERS with all lines, where there are any. */
export function refuseHazards(lines: readonly string[]): void {
  if (lines.length === 0) return;
  throw new SweeplineError({
    code: "SHELL_CHARACTERS",
    message: `values with shell characters in commands, refused by --strict:\n${lines.map((line) => `  ${line}`).join("\n")}`,
  });
}
