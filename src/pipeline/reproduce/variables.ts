/** SWEEPLINE_PARAM_...: values in the environment of a stage's commands, where no shell can misread them. */
import path from "node:path";
import { relativePosix } from "../../base/paths.ts";
import { pythonJson } from "../../base/python.ts";
import { isList, isMap, type Value } from "../../base/value.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import { currentParams } from "../check/changes.ts";
import type { Work } from "../check/work.ts";
import { parameterVariable } from "../definition/parameter-variable.ts";
import type { Stage } from "../types.ts";

/** A text as it is, everything else as JSON; no variable can hold a NUL. */
function variableText(value: Value): string {
  return (typeof value === "string" ? value : pythonJson(value)).replaceAll("\0", "");
}

export interface NamedValue {
  readonly file: string;
  readonly key: string;
  readonly text: string;
}

/** One variable a value. Two keys that would share one (a.b and a_b) get none: better no value than a wrong one. */
export function variablesOf(values: readonly NamedValue[]): Record<string, string | undefined> {
  const textsByName = new Map<string, Map<string, string>>();
  for (const { file, key, text } of values) {
    const name = parameterVariable(key, file);
    textsByName.set(name, (textsByName.get(name) ?? new Map()).set(`${file}:${key}`, text));
  }
  return Object.fromEntries(
    [...textsByName].map(([name, texts]) => [name, texts.size === 1 ? [...texts.values()][0] : undefined]),
  );
}

/** Longer lists, and more text than this, have no place in an environment: a program with too much of it does not start. */
const maxItems = 64;
const maxText = 32_768;
const maxTotal = 262_144;

function* leaves(file: string, key: string, value: Value): Generator<NamedValue> {
  if (isMap(value)) for (const [name, item] of value) yield* leaves(file, `${key}.${String(name)}`, item);
  else yield { file, key, text: variableText(value) };
  if (isList(value) && value.length <= maxItems)
    for (const [index, item] of value.entries()) yield* leaves(file, `${key}.${index}`, item);
}

/** What is left of some characters after a value's JSON, at the least; below zero where it is longer. */
function roomAfter(value: Value, room: number): number {
  if (typeof value === "string") return room - value.length;
  let left = room - 1;
  for (const item of isList(value) ? value : isMap(value) ? value.values() : []) {
    if (left < 0) break;
    left = roomAfter(item, left);
  }
  return left;
}

/** The mappings in a value that are short enough, the outer ones first. */
function* mappings(file: string, key: string, value: Value): Generator<NamedValue> {
  if (isMap(value)) {
    if (roomAfter(value, maxText) >= 0) yield { file, key, text: variableText(value) };
    for (const [name, item] of value) yield* mappings(file, `${key}.${String(name)}`, item);
  } else if (isList(value) && value.length <= maxItems)
    for (const [index, item] of value.entries()) yield* mappings(file, `${key}.${index}`, item);
}

type Named = readonly [file: string, key: string, value: Value];

/** Files are named as from the folder of the stage's dvc.yaml, as in its `vars` and in -S. */
function* declared(work: Work, stage: Stage): Generator<Named> {
  const folder = path.join(work.project.root, path.dirname(stage.file));
  for (const spec of stage.params) {
    const absolute = path.resolve(stage.workingFolder, spec.file);
    const file = relativePosix(folder, absolute);
    const values = work.readParams(absolute) ?? null;
    for (const [key, value] of currentParams(spec, values)) yield [file, String(key), value];
  }
}

function* templated(stage: Stage): Generator<Named> {
  for (const [key, value] of stage.templateValues ?? []) yield [defaultParamsFile, key, value];
}

/** The parameters that a stage names, its `vars`, and `item` and `key` of a generated one. */
export function stageVariables(work: Work, stage: Stage): Record<string, string | undefined> {
  let total = 0;
  const values: NamedValue[] = [];
  const known = [...templated(stage), ...declared(work, stage)];
  // Where there is no room for all, mappings give way: what is in them has variables of its own.
  const texts = [leaves, mappings].flatMap((parts) => known.flatMap((named) => [...parts(...named)]));
  for (const named of texts) {
    if (named.text.length > maxText || total + named.text.length > maxTotal) continue;
    total += named.text.length + named.key.length + 24;
    values.push(named);
  }
  return variablesOf(values);
}
