/** `exp save`: the workspace as an experiment, without running anything. */
import path from "node:path";
import { addableFiles } from "../../git/addable.ts";
import type { ObjectId } from "../../git/ids.ts";
import { committerIdentity } from "../../git/objects.ts";
import { headCommit } from "../../git/repository.ts";
import { snapshotWorkTree } from "../../git/snapshot.ts";
import { experimentHash } from "../../pipeline/lock/hash.ts";
import { loadProjectStages } from "../../pipeline/reading/project-stages.ts";
import { commitStages } from "../../pipeline/reproduce/commit-stages.ts";
import type { ReproduceEvents } from "../../pipeline/reproduce/events.ts";
import { trackedOutputs } from "../../pipeline/reproduce/tracked-outputs.ts";
import { folderInGit } from "../../project/in-git.ts";
import { projectState } from "../../store/project-state.ts";
import { refuseBranchName } from "../branch-names.ts";
import { filesToCopy } from "../point/copied-paths.ts";
import { pointIdentifier } from "../point/point-identity.ts";
import { identityScope } from "../point/scope.ts";
import type { ExperimentsContext } from "../repository.ts";
import { commitWorkspace } from "./commit-workspace.ts";
import { knownNames } from "./known.ts";
import { chooseName } from "./naming.ts";

export interface SaveRequest {
  readonly name: string | undefined;
  readonly message: string | undefined;
  /** Stages to commit; empty: all. */
  readonly targets: readonly string[];
  readonly recursive: boolean;
  /** Absolute: what the targets are relative to. */
  readonly folder: string;
  /** Absolute paths of untracked files and folders to take along. */
  readonly includeUntracked: readonly string[];
  readonly taken: "refuse" | "replace";
  warning(text: string): void;
}

export interface Saved {
  readonly name: string;
  readonly commit: ObjectId;
}

/** Commits outputs to the cache and the lock file, then the workspace as an experiment of HEAD. Throws NAME_TAKEN. */
export async function saveExperiment(context: ExperimentsContext, request: SaveRequest): Promise<Saved> {
  const { project, repository, state } = context;
  const baseline = await headCommit(repository);
  const stages = await loadProjectStages(project);
  const scope = identityScope(stages, []);
  const name = chooseName(request, await knownNames(context, baseline));
  await refuseBranchName(context, request);
  const included = filesToCopy(repository, request.includeUntracked, "-I");
  const author = await committerIdentity(repository);
  const entries = await commitOutputs(context, request);
  const inside = folderInGit(project);
  const listed = trackedOutputs(stages).map((file) => path.posix.join(inside, file));
  const include = [...(await addableFiles(listed, { cwd: repository.workTree })), ...included];
  const snapshot = await snapshotWorkTree(repository, { scratchFolder: state.scratch, include: [] });
  const shared = { files: [], scope, copied: [], folder: "", targets: [], flags: {}, snapshot };
  const identify = await pointIdentifier(context, shared);
  const identity = identify({ index: 0, overrides: [] });
  const commit = await commitWorkspace(context, {
    name,
    baseline,
    author,
    facts: { identity, overrides: [], targets: request.targets, flags: {} },
    include,
    taken: request.taken,
    message: request.message ?? `dvc: commit experiment ${experimentHash(entries)}`,
  });
  await warnLeftOut(context, request, new Set(include));
  return { name, commit };
}

async function commitOutputs({ project }: ExperimentsContext, request: SaveRequest) {
  const fileState = projectState(project);
  try {
    const events: Pick<ReproduceEvents, "warning"> = { warning: request.warning };
    const { folder, targets, recursive } = request;
    return await commitStages(project, { folder, targets, recursive, changed: "accept", events, state: fileState });
  } finally {
    fileState.close();
  }
}

async function warnLeftOut({ repository }: ExperimentsContext, request: SaveRequest, taken: ReadonlySet<string>) {
  const untracked = await addableFiles(["."], { cwd: repository.workTree });
  const left = untracked.filter((file) => !taken.has(file));
  if (left.length === 0) return;
  request.warning(
    `The following untracked files were present in the workspace before saving but will not be included in the experiment commit:\n\t${left.join(", ")}`,
  );
}
