/** `add`: puts files and folders of the workspace into the cache and writes a .dvc file for each. */

import path from "node:path";
import type { ErrorCode } from "../../base/error-codes.ts";
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, statSync } from "../../base/files.ts";
import { insideFolder } from "../../base/paths.ts";
import { trackedPaths } from "../../git/tracked-paths.ts";
import { nameProblem, realTarget } from "../../project/gate.ts";
import { ignoreInGit, type RuleFiles, ruleFiles } from "../../project/gitignore.ts";
import type { Project } from "../../project/project.ts";
import type { Cache } from "../../store/cache.ts";
import { commitData } from "../../store/commit.ts";
import { addToCache, hashData } from "../../store/data.ts";
import { type FolderHash, writeDvcFile } from "../../store/dvc-file.ts";
import { isTreeHash } from "../../store/tree.ts";
import { outputHolding, outputsAt } from "../graph/graph.ts";
import { refuseGitIgnored } from "../reading/ignored.ts";
import { loadProjectStages, type ProjectStages } from "../reading/project-stages.ts";
import type { OutputSpec, Stage } from "../types.ts";
import { addFolderPart, type FolderPart } from "./add-part.ts";

export interface DataAddRequest {
  readonly project: Project;
  readonly cache: Cache;
  /** Absolute: what the targets are relative to. */
  readonly folder: string;
  readonly targets: readonly string[];
  /** hash-only: nothing goes into the cache (`--no-commit`). store: it does, and files stay as they are (`--no-relink`). */
  readonly data: "commit" | "store" | "hash-only";
}

export interface AddedData {
  /** Absolute; in the order in which they were written: .gitignore files and .dvc files. */
  readonly files: readonly string[];
  /** Folders without a file in them, as typed. */
  readonly empty: readonly string[];
}

/** What is hashed and where its .dvc file is. */
interface AddTarget {
  readonly shown: string;
  readonly data: string;
  readonly dvcFile: string;
  /** The target lies inside a tracked folder: all else of it stays as recorded. */
  readonly part?: FolderPart;
}

function refuse(code: ErrorCode, message: string, hint?: string): SweeplineError {
  return new SweeplineError({ code, message, ...(hint === undefined ? {} : { hint }) });
}

/** Refuses what DVC can't track, before anything is read. */
function checkPlace(request: DataAddRequest, shown: string, absolute: string): void {
  const { root } = request.project;
  const inside = insideFolder(root, absolute);
  if (inside === undefined)
    throw refuse(
      "OUTSIDE_PROJECT",
      `Cached output(s) outside of DVC project: ${shown}.`,
      "Copy the data into the project.",
    );
  if (inside === "" || /^\.(?:dvc|git)(?:\/|$)/.test(inside))
    throw refuse("OUTSIDE_PROJECT", `'${shown}' holds the project's own files: it can't be added`);
  if (/(?:^|\/)(?:dvc\.yaml|dvc\.lock|[^/]*\.dvc)$/.test(inside))
    throw refuse("DVC_FILE_AS_DATA", `DVC file '${shown}' cannot be an output.`);
  const problem = nameProblem(`${inside}.dvc`);
  if (problem !== undefined)
    throw refuse("OUTSIDE_PROJECT", `'${shown.slice(0, 40)}' can't be added: ${problem.what}`, problem.hint);
  const own = lstatIfExists(absolute);
  const isLinked = realTarget(path.dirname(absolute)) !== path.dirname(absolute);
  if (isLinked || (own?.isSymbolicLink() && statSync(absolute, { throwIfNoEntry: false })?.isDirectory()))
    throw refuse("LINKED_FOLDER", "Cannot add files inside symlinked directories to DVC.");
  if (own === undefined) return;
  const isIgnored = own.isDirectory()
    ? request.cache.rules.ignoresFolder(absolute)
    : request.cache.rules.ignoresFile(absolute);
  if (isIgnored) throw refuse("IGNORED", `Path '${shown}' is ignored by .dvcignore`);
}

function trackedBySCM(shown: string): SweeplineError {
  return refuse(
    "OUTPUT_TRACKED",
    `output '${shown}' is already tracked by SCM (e.g. Git).\n    You can remove it from Git, then add to DVC.\n        To stop tracking from Git:\n            git rm -r --cached '${shown}'\n            git commit -m "stop tracking ${shown}"`,
  );
}

function pathOf({ stage, output }: { readonly stage: Stage; readonly output: OutputSpec }): string {
  return path.resolve(stage.workingFolder, output.path);
}

/** The output that the target is or lies in decides; a stage's output is its stage's business. */
function resolveTarget(request: DataAddRequest, stages: ProjectStages, shown: string): AddTarget {
  const absolute = path.resolve(request.folder, shown);
  const owner = outputHolding(stages.outputs, absolute);
  const isThere = lstatIfExists(absolute) !== undefined;
  if (!isThere && (owner === undefined || owner.stage.cmd !== null || pathOf(owner) === absolute))
    throw refuse("OUTPUT_MISSING", `output '${shown}' does not exist`);
  if (owner === undefined) {
    const inner = outputsAt(stages.outputs, absolute)[0];
    if (inner !== undefined)
      throw refuse(
        "OUTPUT_OVERLAP",
        `Cannot add '${shown}', because it is overlapping with other DVC tracked output: '${inner.output.path}'.`,
        `Remove '${inner.stage.file}' first, then add '${shown}'.`,
      );
    return { shown, data: absolute, dvcFile: `${absolute}.dvc` };
  }
  const { stage, output } = owner;
  // Data that was imported may be changed here: its .dvc file then names the new hash beside the old source.
  if (stage.cmd !== null)
    throw refuse(
      "OUTPUT_OF_STAGE",
      `cannot update '${shown}': overlaps with an output of stage: '${stage.address}' in '${stage.file}'.`,
      "Run the pipeline: its stages make their outputs.",
    );
  const data = pathOf(owner);
  const dvcFile = path.join(request.project.root, stage.file);
  const outs = stages.dataStages.get(stage.address)?.recorded.outs;
  const recorded = outs?.find((item) => item.path === output.path);
  if (data === absolute || recorded === undefined || recorded.md5 === "") return { shown, data, dvcFile };
  if (!isTreeHash(recorded.md5))
    throw refuse("OUTPUT_OVERLAP", `Cannot modify '${output.path}' which is being tracked as a file`);
  return { shown, data, dvcFile, part: { folder: data, path: absolute, recorded } };
}

/** Of several parts of one folder each goes on from what the one before it made. */
async function hashTarget(
  { cache, data }: DataAddRequest,
  target: AddTarget,
  parts: Map<string, FolderHash>,
): Promise<FolderHash | undefined> {
  const { part } = target;
  if (part === undefined)
    return data === "commit"
      ? await commitData(cache, target.data)
      : data === "store"
        ? await addToCache(cache, target.data)
        : hashData(cache, target.data);
  const mode = data === "hash-only" ? "hash-only" : "commit";
  const hash = await addFolderPart(cache, { ...part, recorded: parts.get(part.folder) ?? part.recorded }, mode);
  if (hash !== undefined) parts.set(part.folder, hash);
  return hash;
}

async function addOne(
  request: DataAddRequest,
  target: AddTarget,
  done: { readonly written: Set<string>; readonly rules: RuleFiles; readonly parts: Map<string, FolderHash> },
): Promise<FolderHash> {
  const { project } = request;
  const { written } = done;
  const hash = await hashTarget(request, target, done.parts);
  if (hash === undefined) throw refuse("OUTPUT_MISSING", `output '${target.shown}' does not exist`);
  // Ignored before it is tracked: a kill in between leaves a line too much, not data that gets into Git.
  const ignoreFile = ignoreInGit(project, target.data, done.rules);
  if (ignoreFile !== undefined) written.add(ignoreFile);
  writeDvcFile(target.dvcFile, path.relative(path.dirname(target.dvcFile), target.data), hash);
  written.add(target.dvcFile);
  return hash;
}

/**
 * Adds the targets one after the other; all are checked before the first is read. Errors: OUTPUT_MISSING,
 * OUTSIDE_PROJECT, DVC_FILE_AS_DATA, LINKED_FOLDER, IGNORED, GIT_IGNORED, OUTPUT_TRACKED, OUTPUT_OVERLAP, OUTPUT_OF_STAGE.
 */
export async function addPaths(request: DataAddRequest): Promise<AddedData> {
  const stages = await loadProjectStages(request.project);
  const { project } = request;
  const places = request.targets.map((shown) => ({ shown, absolute: path.resolve(request.folder, shown) }));
  for (const { shown, absolute } of places) checkPlace(request, shown, absolute);
  const nameInGit = (absolute: string) => path.relative(project.gitRoot ?? project.root, absolute);
  const names = places.map(({ absolute }) => nameInGit(absolute));
  const tracked = project.gitRoot === null ? new Set() : await trackedPaths(project.gitRoot, names);
  const rules = ruleFiles();
  const targets = places.map(({ shown, absolute }) => {
    if (tracked.has(nameInGit(absolute))) throw trackedBySCM(shown);
    const target = resolveTarget(request, stages, shown);
    refuseGitIgnored(project, target.dvcFile, rules);
    return target;
  });
  const written = new Set<string>();
  const done = { written, rules, parts: new Map<string, FolderHash>() };
  const empty: string[] = [];
  for (const target of targets) {
    const hash = await addOne(request, target, done);
    if (hash.nfiles === 0 || hash.size === 0) empty.push(target.shown);
  }
  return { files: [...written], empty };
}
