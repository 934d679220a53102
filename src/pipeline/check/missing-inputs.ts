/** What stages need and nobody makes: known before the first stage runs. */
import path from "node:path";
import type { ErrorCode } from "../../base/error-codes.ts";
import { existsSync } from "../../base/files.ts";
import type { Scalar } from "../../base/value.ts";
import { outputsAt } from "../graph/graph.ts";
import { stageLines } from "../graph/stage-places.ts";
import { isUrl } from "../paths.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import type { ParamsSpec, Stage, StageFailure } from "../types.ts";
import { currentParams } from "./changes.ts";
import { shownItem, shownStage, type Work } from "./work.ts";

const hint = "Nothing was run. What a stage writes and another one reads belongs to the outs of the first.";

/** "files": as long as parameters are still to be set; "all": also keys that parameter files lack. */
export type MissingKinds = "files" | "all";

export interface MissingPlace extends Pick<Work, "project" | "folder"> {
  readonly kinds: MissingKinds;
}

interface Missing {
  readonly code: ErrorCode;
  readonly text: string;
  /** The file that is not there, absolute. */
  readonly file?: string;
  /** Where the definition of the stage names it. */
  readonly key: readonly Scalar[];
}

interface Search {
  readonly stages: ProjectStages;
  readonly place: MissingPlace;
  readonly isThere: (file: string) => boolean;
}

function isMade({ stages }: Search, file: string): boolean {
  return outputsAt(stages.outputs, file).length > 0;
}

function missingFolder(search: Search, stage: Stage): Missing[] {
  const folder = stage.workingFolder;
  if (search.isThere(folder)) return [];
  const makers = outputsAt(search.stages.outputs, folder).filter((made) => made.stage !== stage);
  if (makers.length > 0) return [];
  const shown = path.relative(search.place.folder, folder);
  const text = `the working folder '${shown}' does not exist`;
  return [{ code: "DEPENDENCY_MISSING", text, file: folder, key: ["wdir"] }];
}

function missingKeys({ stages, place }: Search, stage: Stage, spec: ParamsSpec): Missing[] {
  // Only Python has values that no stage can track, whatever is still to be set.
  if (place.kinds === "files" && !/\.py$/i.test(spec.file)) return [];
  const values = stages.params.read(path.resolve(stage.workingFolder, spec.file));
  const found = values === undefined ? undefined : currentParams(spec, values);
  if (place.kinds === "files" || found === undefined) return [];
  const missing = (spec.keys ?? []).filter((key) => !found.has(key));
  if (missing.length === 0) return [];
  const shown = shownItem(place, stage, spec.file);
  const text = `Parameters '${missing.join(", ")}' are missing from '${shown}'.`;
  return [{ code: "PARAMS_MISSING", text, key: ["params"] }];
}

function missingOf(search: Search, stage: Stage): Missing[] {
  const isMissing = (name: string) => {
    const file = path.resolve(stage.workingFolder, name);
    return !isUrl(name) && !search.isThere(file) && !isMade(search, file) && !search.stages.params.isReplaced(file);
  };
  const file = (name: string, key: readonly Scalar[]): Missing[] => {
    if (!isMissing(name)) return [];
    const text = `dependency '${shownItem(search.place, stage, name)}' does not exist`;
    return [{ code: "DEPENDENCY_MISSING", text, file: path.resolve(stage.workingFolder, name), key }];
  };
  return [
    ...stage.deps.flatMap((name, index) => file(name, ["deps", BigInt(index)])),
    ...stage.params.flatMap((spec) => file(spec.file, ["params"])),
    ...stage.params
      .filter((spec) => !isMade(search, path.resolve(stage.workingFolder, spec.file)))
      .flatMap((spec) => missingKeys(search, stage, spec)),
  ];
}

/** `dvc.yaml:7`, by file and key of a stage. Files are read only where something is wrong. */
function placeFinder({ place }: Search): (stage: Stage, key: readonly Scalar[]) => string {
  const lineOf = stageLines(place.project.root);
  return (stage, key) => {
    const file = path.relative(place.folder, path.join(place.project.root, stage.file));
    return `${file}:${lineOf(stage, key) ?? 1}`;
  };
}

/** Folders that a stage without outputs made on the way can't be known. */
function mayMakeFolders(stage: Stage): boolean {
  return stage.cmd !== null && stage.outs.length === 0;
}

/**
 * The stages that would fail for a dependency, a parameter file or a working folder that is neither there nor, wholly or in
 * part, an output of any stage, or for parameters that a file lacks. In the order of the steps.
 */
export function missingInputs(
  stages: ProjectStages,
  steps: readonly Stage[],
  place: MissingPlace,
): readonly StageFailure[] {
  const search: Search = { stages, place, isThere: rememberedExistence() };
  const placeOf = placeFinder(search);
  const firstMaker = steps.findIndex(mayMakeFolders);
  return steps.flatMap((stage, index) => {
    if (stage.cmd === null || stage.frozen) return [];
    const isFolderKnown = firstMaker < 0 || firstMaker >= index;
    const missing = [...(isFolderKnown ? missingFolder(search, stage) : []), ...missingOf(search, stage)];
    const [first] = missing;
    if (first === undefined) return [];
    const problems = missing.map(({ text, key }) => `${placeOf(stage, key)}: ${text}`);
    const files = missing.flatMap(({ file }) => file ?? []);
    const facts = { code: first.code, message: first.text, files, place: placeOf(stage, first.key), problems, hint };
    return [{ kind: "missing-inputs", address: stage.address, name: shownStage(place, stage), ...facts }];
  });
}

function rememberedExistence(): (file: string) => boolean {
  const known = new Map<string, boolean>();
  return (file) => {
    const answer = known.get(file) ?? existsSync(file);
    known.set(file, answer);
    return answer;
  };
}
