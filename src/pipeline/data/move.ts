/** `move`: gives tracked data another name; its .dvc file goes along. */
import path from "node:path";
import type { ErrorCode } from "../../base/error-codes.ts";
import { SweeplineError } from "../../base/errors.ts";
import {
  existsSync,
  lstatIfExists,
  makeFolder,
  readPlainFile,
  removeFile,
  rename,
  statSync,
  writeAtomic,
} from "../../base/files.ts";
import { relativePosix } from "../../base/paths.ts";
import { isList, isMap, type Value } from "../../base/value.ts";
import { openParamFile } from "../../params/data-file.ts";
import type { ParamEdit } from "../../params/types.ts";
import { checkPlace } from "../../project/gate.ts";
import { ignoreInGit, unignoreInGit } from "../../project/gitignore.ts";
import type { Project } from "../../project/project.ts";
import { outputHolding, outputsAt } from "../graph/graph.ts";
import { plainHashes } from "../lock/plain-hashes.ts";
import { stageMd5 } from "../lock/stage-md5.ts";
import type { WorkspaceLock } from "../locks/workspace-lock.ts";
import { isUrl } from "../paths.ts";
import { buildDataStage, type DataStage } from "../reading/data-stage.ts";
import { refuseGitIgnored } from "../reading/ignored.ts";
import { loadProjectStages, type ProjectStages } from "../reading/project-stages.ts";

export interface DataMoveRequest {
  readonly project: Project;
  /** Absolute: what the names are relative to. */
  readonly folder: string;
  readonly from: string;
  /** A folder that is there: the data goes into it. */
  readonly to: string;
  readonly lock: WorkspaceLock;
}

function refuse(code: ErrorCode, message: string): SweeplineError {
  return new SweeplineError({ code, message });
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function sourceOf(stages: ProjectStages, request: DataMoveRequest): DataStage {
  const absolute = path.resolve(request.folder, request.from);
  const owner = outputHolding(stages.outputs, absolute);
  const isWhole = owner !== undefined && path.resolve(owner.stage.workingFolder, owner.output.path) === absolute;
  if (owner === undefined || !isWhole)
    throw refuse("OUTPUT_MISSING", `Unable to find DVC file with output '${request.from}'`);
  const data = stages.dataStages.get(owner.stage.address);
  if (data !== undefined) return data;
  const { address } = owner.stage;
  throw refuse(
    "OUTPUT_OF_STAGE",
    `move is not permitted for stages that are not data sources. You need to either move '${address}' to a new location and edit it by hand, or remove '${address}' and create a new one at the desired location.`,
  );
}

/** Where data and .dvc file go. */
interface Destination {
  readonly data: string;
  readonly dvcFile: string;
}

function destinationOf(request: DataMoveRequest, source: DataStage): Destination {
  const { project, folder, from } = request;
  const asked = path.resolve(folder, request.to);
  const data = isFolder(asked) ? path.join(asked, path.basename(from)) : asked;
  const shown = path.relative(folder, data);
  if (data.endsWith(".dvc") || path.basename(data) === "dvc.yaml")
    throw refuse("DVC_FILE_AS_DATA", `DVC file '${shown}' cannot be an output.`);
  if (!isFolder(path.dirname(data)))
    throw refuse("BAD_WORKING_FOLDER", `stage working dir '${path.dirname(data)}' does not exist`);
  checkPlace(project.root, data);
  // A .dvc file of another name stays where it is, as in DVC.
  const own = path.join(project.root, source.stage.file);
  const hasItsName = path.basename(own, ".dvc") === path.basename(from);
  const dvcFile = hasItsName ? `${data}.dvc` : own;
  if (dvcFile !== own && existsSync(dvcFile))
    throw refuse("FILE_EXISTS", `'${path.relative(folder, dvcFile)}' already exists`);
  if (lstatIfExists(data) !== undefined) throw refuse("FILE_EXISTS", `'${shown}' already exists`);
  return { data, dvcFile };
}

/** What changes in the .dvc file: the name of the data, and names of dependencies that are relative to its folder. */
function editsFor({ value, stage }: DataStage, { data, dvcFile }: Destination): readonly ParamEdit[] {
  const folder = path.dirname(dvcFile);
  const edit = (keys: readonly string[], text: Value): ParamEdit => ({
    kind: "change",
    path: keys,
    value: text,
    text: keys.join("."),
  });
  const deps = value.get("deps");
  const moved = (isList(deps) ? deps : []).flatMap((dep, at) => {
    const name = isMap(dep) && !dep.has("repo") ? dep.get("path") : undefined;
    if (typeof name !== "string" || isUrl(name) || path.isAbsolute(name)) return [];
    return [edit(["deps", String(at), "path"], relativePosix(folder, path.resolve(stage.workingFolder, name)))];
  });
  const wdir: readonly ParamEdit[] = value.has("wdir") ? [edit(["wdir"], ".")] : [];
  return [...wdir, ...moved, edit(["outs", "0", "path"], relativePosix(folder, data))];
}

async function movedText(root: string, source: DataStage, destination: Destination): Promise<string> {
  const file = path.join(root, source.stage.file);
  const bytes = readPlainFile(file);
  const open = (content: Uint8Array) => openParamFile({ path: source.stage.file, bytes: Buffer.from(content) });
  const text = (await open(bytes)).edit([...editsFor(source, destination)]);
  if (!source.value.has("md5")) return text;
  const { value } = buildDataStage({ file: source.stage.file, root }, Buffer.from(text));
  const md5 = { kind: "change", path: ["md5"], value: stageMd5(value), text: "md5" } as const;
  return plainHashes((await open(Buffer.from(text))).edit([md5]));
}

/**
 * Moves the data and its .dvc file. The new .dvc file comes first and the old one goes last: who is killed between has both,
 * and the same command goes on. Answers the files that were written or are gone (absolute).
 * Errors: OUTPUT_MISSING, OUTPUT_OF_STAGE, FILE_EXISTS, OUTSIDE_PROJECT, DVC_FILE_AS_DATA, BAD_WORKING_FOLDER, OUTPUT_OVERLAP, GIT_IGNORED.
 */
export async function moveData(request: DataMoveRequest): Promise<readonly string[]> {
  const { project, folder } = request;
  const from = path.resolve(folder, request.from);
  const stages = await loadProjectStages(project);
  const source = sourceOf(stages, request);
  const destination = destinationOf(request, source);
  const { data, dvcFile } = destination;
  const taken = outputHolding(stages.outputs, data) ?? outputsAt(stages.outputs, data)[0];
  if (taken !== undefined)
    throw refuse(
      "OUTPUT_OVERLAP",
      `'${path.relative(folder, data)}' overlaps with an output of '${taken.stage.address}'`,
    );
  refuseGitIgnored(project, dvcFile);
  request.lock.refuseBusy({ reads: [], writes: [from, data] });
  const text = await movedText(project.root, source, destination);
  const old = path.join(project.root, source.stage.file);
  const written = [old, dvcFile];
  makeFolder(path.dirname(data));
  const ignoreFile = ignoreInGit(project, data);
  if (lstatIfExists(from) !== undefined) rename(from, data);
  writeAtomic(dvcFile, text);
  if (old !== dvcFile) removeFile(old);
  const before = unignoreInGit(project, from);
  return [
    ...new Set([
      ...written,
      ...(ignoreFile === undefined ? [] : [ignoreFile]),
      ...(before === undefined ? [] : [before]),
    ]),
  ];
}
