/** Changes to a dvc.yaml: a stage added, a stage frozen. Only the bytes of that stage change. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, readIfExists, statSync, writeAtomic } from "../../base/files.ts";
import { relativePosix } from "../../base/paths.ts";
import { compareCodePoints } from "../../base/python.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { openParamFile } from "../../params/data-file.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import type { ParamEdit } from "../../params/types.ts";
import { ignoreInGit } from "../../project/gitignore.ts";
import type { Project } from "../../project/project.ts";
import { checkBoundaries } from "../check/boundaries.ts";
import { readPipelineSource } from "../definition/source.ts";
import { definedPath, type PathPlace, stageOf } from "../definition/stage.ts";
import { buildGraph, outputTree } from "../graph/graph.ts";
import { refuseGitIgnored, refuseIgnored } from "../reading/ignored.ts";
import { loadProjectStages } from "../reading/project-stages.ts";
import { outputIgnorer } from "../reproduce/ignore-outputs.ts";
import type { OutputSpec, Stage } from "../types.ts";
import { withStage } from "./stage-text.ts";

export interface NewOutput {
  readonly path: string;
  readonly list: "outs" | "metrics" | "plots";
  readonly cache: boolean;
  readonly persist: boolean;
}

export interface NewStage {
  readonly name: string;
  readonly cmd: string;
  readonly deps: readonly string[];
  /** `lr,train`, `file.json:a,b`, `file.json:`: as on the command line. */
  readonly params: readonly string[];
  readonly outs: readonly NewOutput[];
  readonly wdir?: string;
  readonly desc?: string;
  readonly alwaysChanged: boolean;
}

const forbiddenInNames = /[!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~]/;

function byText(a: string, b: string): number {
  return compareCodePoints(a, b);
}

/** Keys of the default file first, then the other files; all sorted. The argument is split at its last ":". */
function paramsValue(place: PathPlace, params: readonly string[]): Value[] {
  const byFile = new Map<string, string[]>();
  for (const text of params) {
    const colon = text.lastIndexOf(":");
    const file = text.slice(0, Math.max(0, colon));
    const keys = text
      .slice(colon + 1)
      .split(",")
      .filter((key) => key !== "");
    const name = file === "" ? defaultParamsFile : definedPath(place, file);
    byFile.set(name, [...(byFile.get(name) ?? []), ...keys]);
  }
  const own = [...(byFile.get(defaultParamsFile) ?? [])].sort(byText);
  const others = [...byFile].filter(([file, keys]) => file !== defaultParamsFile || keys.length === 0);
  const sorted = others.sort(([a], [b]) => byText(a, b));
  return [...own, ...sorted.map(([file, keys]) => new Map([[file, keys.length === 0 ? null : keys.sort(byText)]]))];
}

/** What an output's old entry says beside its work; DVC keeps it as well. */
const keptBefore = ["desc", "type", "labels", "meta"] as const;
const keptAfter = ["remote", "push"] as const;

function oldFlags(before: Value | undefined): ReadonlyMap<string, ValueMap> {
  const flags = new Map<string, ValueMap>();
  for (const list of isMap(before) ? ["outs", "metrics", "plots"].map((name) => before.get(name)) : [])
    for (const item of isList(list) ? list : [])
      if (isMap(item))
        for (const [name, value] of item) if (isMap(value)) flags.set(path.posix.normalize(String(name)), value);
  return flags;
}

function outputsValue(
  outs: readonly NewOutput[],
  list: NewOutput["list"],
  before: ReadonlyMap<string, ValueMap>,
): Value[] {
  const chosen = outs.filter((output) => output.list === list).sort((a, b) => byText(a.path, b.path));
  return chosen.map((output) => {
    const old = before.get(path.posix.normalize(output.path));
    const kept = (keys: readonly string[]) =>
      keys.flatMap((key) => {
        const value = old?.get(key);
        return value === undefined ? [] : [[key, value] as const];
      });
    const flags = new Map<Scalar, Value>([
      ...kept(keptBefore),
      ...(output.cache ? [] : [["cache", false] as const]),
      ...(output.persist ? [["persist", true] as const] : []),
      ...kept(keptAfter),
    ]);
    return flags.size === 0 ? output.path : new Map([[output.path, flags]]);
  });
}

/** The entry in DVC's order of keys, empty parts left out. What the old entry says beside its work is kept. */
function definitionOf(
  place: PathPlace & { readonly folder: string },
  added: NewStage,
  before: Value | undefined,
): ValueMap {
  const kept = (key: string) => (isMap(before) ? before.get(key) : undefined);
  const wdir = relativePosix(place.folder, place.workingFolder);
  const stage = {
    ...added,
    deps: added.deps.map((dep) => definedPath(place, dep)),
    outs: added.outs.map((output) => ({ ...output, path: definedPath(place, output.path) })),
  };
  const flags = oldFlags(before);
  const fields: readonly (readonly [string, Value | undefined])[] = [
    ["desc", stage.desc ?? kept("desc")],
    ["cmd", stage.cmd],
    ["wdir", wdir === "" ? undefined : wdir],
    ["deps", [...stage.deps].sort(byText)],
    ["params", paramsValue(place, stage.params)],
    ["outs", outputsValue(stage.outs, "outs", flags)],
    ["metrics", outputsValue(stage.outs, "metrics", flags)],
    ["plots", outputsValue(stage.outs, "plots", flags)],
    ["always_changed", stage.alwaysChanged ? true : undefined],
    ["meta", kept("meta")],
  ];
  return new Map(
    fields.flatMap(([key, value]) => (value === undefined || isEmpty(value) ? [] : [[key, value] as const])),
  );
}

function isEmpty(value: Value): boolean {
  return Array.isArray(value) && value.length === 0;
}

async function editFile(file: string, edits: readonly Omit<ParamEdit, "text">[]): Promise<void> {
  const opened = await openParamFile({ path: file, bytes: readIfExists(file) });
  writeAtomic(file, opened.edit(edits.map((edit) => ({ ...edit, text: edit.path.join(".") }))));
}

export interface StageAddRequest {
  /** Absolute: the dvc.yaml of this folder is written. */
  readonly folder: string;
  readonly stage: NewStage;
  readonly existing: "refuse" | "replace";
}

export interface AddedStage {
  readonly stage: Stage;
  /** Relative to the project's root. */
  readonly writtenFiles: readonly string[];
  /** Outputs (absolute) that are ignored when the stage has run: their folders do not exist yet. */
  readonly notIgnored: readonly string[];
}

function checkName({ name, cmd }: NewStage): void {
  if (cmd.trim() === "") throw new SweeplineError({ code: "NO_COMMAND", message: "command is not specified" });
  if (name === "" || forbiddenInNames.test(name))
    throw new SweeplineError({
      code: "BAD_STAGE_NAME",
      message: "Stage name cannot contain punctuation characters.",
      hint: "Letters, digits, '_' and '-' are fine.",
    });
}

function checkPaths(project: Project, { deps, outs, workingFolder }: Stage): void {
  const stats = statSync(workingFolder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true)
    throw new SweeplineError({
      code: "BAD_WORKING_FOLDER",
      message: `stage working dir '${path.relative(project.root, workingFolder)}' ${stats === undefined ? "does not exist" : "is not directory"}`,
    });
  const names = [...deps, ...outs.map((output) => output.path)];
  const twice = deps.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice === undefined) return;
  const isOutput = outs.some((output) => output.path === twice);
  throw new SweeplineError({
    code: "PATH_TWICE",
    message: `file '${twice}' is specified ${isOutput ? "as an output and as a dependency" : "more than once"}.`,
  });
}

/** The graph with the new stage must be sound before anything is written. */
async function checkGraph(project: Project, stage: Stage): Promise<void> {
  checkBoundaries(project.root, [stage]);
  checkPaths(project, stage);
  await outputIgnorer(project).check(stage);
  refuseGitIgnored(project, path.join(project.root, stage.file));
  refuseIgnored(project, [stage]);
  const { stages } = await loadProjectStages(project);
  const all = [...stages.filter((each) => each.address !== stage.address), stage];
  buildGraph(outputTree(project.root, all), all);
}

/** DVC's order of lines in .gitignore for a new stage. */
function inIgnoreOrder(outs: readonly OutputSpec[]): OutputSpec[] {
  const rank = ({ kind, persist }: OutputSpec) => (persist ? 0 : { metric: 1, plot: 2, out: 3 }[kind]);
  return [...outs].sort((a, b) => rank(a) - rank(b));
}

/**
 * Adds a stage to the dvc.yaml of a folder, and its cached outputs to .gitignore. Errors: BAD_STAGE_NAME, NO_COMMAND,
 * STAGE_EXISTS, those of a graph that would be unsound.
 */
export async function addStage(project: Project, request: StageAddRequest): Promise<AddedStage> {
  const { stage, folder, existing } = request;
  checkName(stage);
  const absolute = path.join(folder, "dvc.yaml");
  const file = relativePosix(project.root, absolute);
  const bytes = readIfExists(absolute);
  const source = bytes === undefined ? undefined : readPipelineSource(file, { id: undefined, bytes });
  const stages = source?.data.get("stages");
  const before = isMap(stages) ? stages.get(stage.name) : undefined;
  if (before !== undefined && existing === "refuse")
    throw new SweeplineError({
      code: "STAGE_EXISTS",
      message: `Stage '${stage.name}' already exists in '${file}'. Use '--force' to overwrite.`,
    });
  const { root } = project;
  const place = { root, folder, workingFolder: path.resolve(folder, stage.wdir ?? ".") };
  const definition = definitionOf(place, stage, before);
  const added = stageOf({ root, file, folder, name: stage.name }, definition);
  await checkGraph(project, added);
  writeAtomic(absolute, withStage({ file, text: source?.text ?? "", name: stage.name, definition }));
  const cached = inIgnoreOrder(added.outs)
    .filter((output) => output.cache)
    .map((output) => path.resolve(added.workingFolder, output.path));
  const hasFolder = (target: string) => existsSync(path.dirname(target));
  const written = cached.filter(hasFolder).flatMap((target) => ignoreInGit(project, target) ?? []);
  const names = [absolute, ...written].map((name) => path.relative(project.root, name));
  return {
    stage: added,
    writtenFiles: [...new Set(names)].sort(),
    notIgnored: cached.filter((target) => !hasFolder(target)),
  };
}

/** `frozen: false` is taken away too, as DVC does. */
function namesFrozen(project: Project, stage: Stage): boolean {
  const bytes = stage.cmd === null ? undefined : readIfExists(path.join(project.root, stage.file));
  const stages =
    bytes === undefined ? undefined : readPipelineSource(stage.file, { id: undefined, bytes }).data.get("stages");
  const definition = isMap(stages) ? stages.get(stage.name) : undefined;
  return isMap(definition) && definition.has("frozen");
}

/**
 * Sets or removes `frozen` of a stage in its dvc.yaml, or of a .dvc file. Errors: CANNOT_FREEZE for generated stages.
 * @returns whether the file changed
 */
export async function setFrozen(
  project: Project,
  stage: Stage,
  state: "frozen" | "thawed",
): Promise<"unchanged" | "changed"> {
  if (stage.cmd !== null && stage.name.includes("@"))
    throw new SweeplineError({
      code: "CANNOT_FREEZE",
      message: `stages that foreach or matrix generates can't be frozen here: '${stage.address.split("@", 1)[0]}'`,
      hint: "Write `frozen: true` into the definition by hand: it is for all of them.",
    });
  if (state === "frozen" ? stage.frozen : !stage.frozen && !namesFrozen(project, stage)) return "unchanged";
  const edit = { path: stage.cmd === null ? ["frozen"] : ["stages", stage.name, "frozen"] };
  await editFile(path.join(project.root, stage.file), [
    state === "frozen" ? { ...edit, kind: "force-add", value: true } : { ...edit, kind: "delete", value: undefined },
  ]);
  return "changed";
}
