/** Templates of the user's own: below .dvc/plots, or files that are named. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { readIfExists, realpathSync } from "../../base/files.ts";
import { insideFolder } from "../../base/paths.ts";
import { isMap, type ValueMap } from "../../base/value.ts";
import { readDataFile } from "../../params/data-file.ts";
import type { Project } from "../../project/project.ts";

/** Where templates are looked for, in this order. */
function placesOf({ dvcDir }: Project, cwd: string, name: string): readonly string[] {
  const own = path.resolve(dvcDir, "plots", name);
  const { dir, name: stem } = path.parse(own);
  return [own, path.join(dir, `${stem}.json`), path.resolve(cwd, name)];
}

export interface TemplateAsked {
  readonly name: string;
  /** "file": of a dvc.yaml, which may be a stranger's, and so is a template of this project. */
  readonly saidBy: "user" | "file";
  /** The command's folder. */
  readonly cwd: string;
}

/** The template of that name; undefined where no file has it. Errors: PLOT_TEMPLATE, those of the JSON reader. */
export async function readUserTemplate(project: Project, asked: TemplateAsked): Promise<ValueMap | undefined> {
  for (const file of placesOf(project, asked.cwd, asked.name)) {
    const bytes = readFileOrNothing(file);
    if (bytes === undefined) continue;
    if (asked.saidBy === "file" && insideFolder(project.root, realpathSync(file)) === undefined)
      throw new SweeplineError({
        code: "PLOT_TEMPLATE",
        message: `Template '${asked.name}' is outside of the project`,
        hint: "Copy it into .dvc/plots, or name it with --template.",
      });
    const content = await readDataFile({ path: `${file.replace(/\.json$/, "")}.json`, bytes });
    if (isMap(content)) return content;
    throw new SweeplineError({ code: "PLOT_TEMPLATE", message: `Template '${asked.name}' holds no JSON object` });
  }
  return undefined;
}

/** A folder may have a template's name: `linear`. */
function readFileOrNothing(file: string): Buffer | undefined {
  try {
    return readIfExists(file);
  } catch (error) {
    if (error instanceof SweeplineError && error.code === "NOT_A_FILE") return undefined;
    throw error;
  }
}

export function unknownTemplate(name: string, known: readonly string[]): SweeplineError {
  return new SweeplineError({
    code: "PLOT_TEMPLATE",
    message: `Template '${name}' not found.`,
    hint: `There are ${known.join(", ")}, and those in .dvc/plots.`,
  });
}
