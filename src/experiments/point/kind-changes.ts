/** Before points are queued or run: which of their overrides make a parameter another kind of value. */
import { SweeplineError } from "../../base/errors.ts";
import { isList, isMap, type Value } from "../../base/value.ts";
import type { ProjectConfigs } from "../../config/project-config.ts";
import { composedFile } from "../../config/project-place.ts";
import { valueAtPath } from "../../params/child.ts";
import type { ParamEdit } from "../../params/types.ts";
import type { Point, PointOverride } from "../../sweep/types.ts";
import type { OpenedParamFile } from "./param-edits.ts";
import type { PointInputs } from "./point-inputs.ts";

/** A line for each override that puts a text in place of a number, a number in place of a mapping and the like. */
async function kindChangeLines(inputs: PointInputs): Promise<readonly string[]> {
  const overrides = new Set(inputs.points.flatMap((point) => point.overrides));
  if (overrides.size === 0) return [];
  const opened = await inputs.paramFiles();
  const lines = opened.flatMap((file) => {
    const own = [...overrides].filter((override) => override.file === file.name);
    const before = own.length === 0 ? undefined : valueBefore(file);
    return before === undefined ? [] : own.flatMap((override) => lineFor(override, before, inputs.configs));
  });
  return [...new Set(lines)];
}

const shownLines = 5;

/** Warns of them, of the first few in words. */
export async function warnOfKinds(inputs: PointInputs, warn: (message: string) => void): Promise<void> {
  const lines = await kindChangeLines(inputs);
  for (const line of lines.slice(0, shownLines)) warn(line);
  if (lines.length > shownLines) warn(`${lines.length - shownLines} more overrides change the kind of a parameter`);
}

const noOverrides: Point = { index: 0, overrides: [] };

/** A config may need an override to compose at all: then there is nothing to compare with. */
function valueBefore(file: OpenedParamFile): Value | undefined {
  try {
    return file.valueAt(noOverrides);
  } catch (error) {
    if (error instanceof SweeplineError) return undefined;
    throw error;
  }
}

function lineFor({ file, edit, text }: PointOverride, before: Value, configs: ProjectConfigs | undefined): string[] {
  if (edit.kind !== "change" && edit.kind !== "force-add") return [];
  if (file === composedFile && configs !== undefined && choosesOption(edit, configs)) return [];
  const was = kindOf(valueAtPath(before, edit.path));
  const is = kindOf(edit.value);
  if (was === undefined || is === undefined || was === is) return [];
  return [`'${text}': '${edit.path.join(".")}' is ${was} in '${file}', and becomes ${is}`];
}

function choosesOption({ text }: ParamEdit, configs: ProjectConfigs): boolean {
  const [key = ""] = /^[^=@]*/.exec(text) ?? [];
  return configs.optionsOf(key.replace(/^\++/, "")) !== undefined;
}

/** Null may become anything, and an interpolation stands for what it leads to. */
function kindOf(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isMap(value)) return "a mapping";
  if (isList(value)) return "a list";
  if (typeof value === "string") return value.includes("${") || value === "???" ? undefined : "a text";
  return typeof value === "boolean" ? "true or false" : "a number";
}
