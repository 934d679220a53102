/** From a stage's definition in dvc.yaml, templates already resolved, to the plain record that the rest works with. */
import path from "node:path";
import { insideFolder, relativePosix } from "../../base/paths.ts";
import { floatRepr } from "../../base/python.ts";
import { isList, isMap, type Value, type ValueMap } from "../../base/value.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import type { OutputKind, OutputSpec, ParamsSpec, Stage } from "../types.ts";

export interface StageOrigin {
  /** The project's, absolute. */
  readonly root: string;
  /** dvc.yaml's path relative to the project's root, "/" as separator. */
  readonly file: string;
  /** Absolute folder of that file. */
  readonly folder: string;
  readonly name: string;
}

/** What the paths of a stage are relative to: absolute folders. */
export interface PathPlace {
  /** The project's. */
  readonly root: string;
  readonly workingFolder: string;
}

/** `train` for the dvc.yaml of the root, `sub/dvc.yaml:train` elsewhere. */
function stageAddress(file: string, name: string): string {
  return file === "dvc.yaml" ? name : `${file}:${name}`;
}

/** How DVC puts a value into a text: booleans in lower case, null as None. */
export function asText(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "number") return floatRepr(value);
  return String(value);
}

function texts(value: Value | undefined): string[] {
  return isList(value) ? value.map(asText) : [];
}

/**
 * A path as DVC keeps it, compares it and writes it into dvc.lock: as written, `./a//b/` too; an absolute one of the project
 * relative to the working folder (dvc/output.py: def_path). URLs and absolute paths elsewhere stay as they are.
 */
export function definedPath({ root, workingFolder }: PathPlace, text: string): string {
  if (!path.isAbsolute(text)) return text;
  const inside = insideFolder(root, path.normalize(text));
  return inside === undefined || inside === "" ? text : relativePosix(workingFolder, path.join(root, inside));
}

/** What DVC 3 calls the properties of a plot (dvc/schema.py). */
export const plotPropertyNames = ["template", "x", "y", "x_label", "y_label", "title", "header"] as const;

function plotProperties(flags: ValueMap): ValueMap {
  return new Map(
    plotPropertyNames.flatMap((name) => {
      const value = flags.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function outputOf(file: string, kind: OutputKind, flags: ValueMap): OutputSpec {
  const plot = kind === "plot" ? plotProperties(flags) : new Map();
  const desc = flags.get("desc");
  const push = flags.get("push");
  const remote = flags.get("remote");
  return {
    path: file,
    kind,
    cache: flags.get("cache") !== false,
    persist: flags.get("persist") === true,
    ...(flags.get("checkpoint") === true ? { checkpoint: true } : {}),
    ...(typeof desc === "string" ? { desc } : {}),
    ...(typeof push === "boolean" ? { push } : {}),
    ...(typeof remote === "string" ? { remote } : {}),
    ...(plot.size > 0 ? { plot } : {}),
  };
}

/** Entries of the same path in one list are one output; their flags are merged (dvc/output.py). */
function outputsOf(place: PathPlace, list: Value | undefined, kind: OutputKind): OutputSpec[] {
  if (!isList(list)) return [];
  const flagsByPath = new Map<string, Map<Value & string, Value>>();
  const add = (file: string, flags: Value) => {
    const known = flagsByPath.get(file) ?? new Map();
    flagsByPath.set(file, known);
    if (isMap(flags)) for (const [key, value] of flags) known.set(key, value);
  };
  for (const entry of list) {
    if (isMap(entry)) for (const [file, flags] of entry) add(asText(file), flags);
    else add(asText(entry), null);
  }
  return [...flagsByPath].map(([file, flags]) => outputOf(definedPath(place, file), kind, flags));
}

/** Parameter lists by file: a file that is named without keys anywhere is tracked whole (dvc/dependency/__init__.py). */
function paramsOf(place: PathPlace, list: Value | undefined): ParamsSpec[] {
  if (!isList(list)) return [];
  const keysByFile = new Map<string, string[]>();
  const whole = new Set<string>();
  const add = (file: string, keys: readonly string[]) => {
    const known = keysByFile.get(file);
    if (known === undefined) keysByFile.set(file, [...keys]);
    else known.push(...keys);
  };
  for (const entry of list) {
    if (!isMap(entry)) {
      add(defaultParamsFile, [asText(entry)]);
      continue;
    }
    for (const [file, keys] of entry) {
      const names = texts(keys);
      if (names.length === 0) whole.add(asText(file));
      add(asText(file), names);
    }
  }
  return [...keysByFile].map(([file, keys]) => ({
    file: definedPath(place, file),
    keys: whole.has(file) ? null : [...new Set(keys)],
  }));
}

function commandOf(value: Value | undefined): string | readonly string[] | null {
  if (value === undefined || value === null) return null;
  return isList(value) ? value.map(asText) : asText(value);
}

/** The stage of one resolved definition. */
export function stageOf(origin: StageOrigin, definition: ValueMap): Stage {
  const wdir = definition.get("wdir");
  const desc = definition.get("desc");
  const meta = definition.get("meta");
  const workingFolder = path.resolve(origin.folder, wdir === undefined ? "." : asText(wdir));
  const place = { root: origin.root, workingFolder };
  return {
    address: stageAddress(origin.file, origin.name),
    name: origin.name,
    file: origin.file,
    workingFolder,
    cmd: commandOf(definition.get("cmd")),
    deps: texts(definition.get("deps")).map((dep) => definedPath(place, dep)),
    params: paramsOf(place, definition.get("params")),
    outs: [
      ...outputsOf(place, definition.get("outs"), "out"),
      ...outputsOf(place, definition.get("metrics"), "metric"),
      ...outputsOf(place, definition.get("plots"), "plot"),
    ],
    frozen: definition.get("frozen") === true,
    alwaysChanged: definition.get("always_changed") === true,
    ...(typeof desc === "string" ? { desc } : {}),
    ...(meta === undefined ? {} : { meta }),
  };
}
