/** `data status`: tracked data in the last commit, in the lock files and .dvc files, and in the workspace. */
import { resolveCommit } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";
import { isUrl } from "../../pipeline/paths.ts";
import { loadProjectStages, loadRecorded } from "../../pipeline/reading/project-stages.ts";
import { folderInGit } from "../../project/in-git.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, hasObject } from "../../store/cache.ts";
import { existingObjects } from "../../store/remotes/keys.ts";
import { openRemote } from "../../store/remotes/open.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type ChangesRequest, type DataChange, dataChanges } from "./data-changes.ts";
import { commitIndex, type DataIndex, recordedIndex, workspaceIndex } from "./data-index.ts";

export interface DataStatusRequest extends ChangesRequest {
  readonly project: Project;
  /** undefined: without Git. */
  readonly context: ExperimentsContext | undefined;
  readonly cache: Cache;
  /** undefined: nobody asks what a remote has; its name, or "default". */
  readonly remote: { readonly name: string | undefined } | undefined;
  readonly untracked: "all" | "no";
}

export interface DataStatus {
  readonly notInCache: readonly string[];
  readonly notInRemote: readonly string[];
  readonly committed: readonly DataChange[];
  readonly uncommitted: readonly DataChange[];
  /** Relative to the project's root. */
  readonly untracked: readonly string[];
  readonly unchanged: readonly string[];
  /** Of Git: what it sees beside data. */
  readonly git: "clean" | "changed" | "no commits" | "none";
}

interface GitFacts {
  readonly state: DataStatus["git"];
  readonly untracked: readonly string[];
}

async function gitFacts({ project, context, untracked, targets }: DataStatusRequest): Promise<GitFacts> {
  if (context === undefined) return { state: "none", untracked: [] };
  const { workTree } = context.repository;
  const args = ["status", "--porcelain", "-z", `--untracked-files=${untracked}`];
  const { stdout } = await tryGit(args, { cwd: workTree });
  const lines = stdout.toString().split("\0");
  const prefix = folderInGit(project) === "" ? "" : `${folderInGit(project)}/`;
  const names = lines.flatMap((line) => (line.startsWith("?? ") ? [line.slice(3)] : []));
  const inside = names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  const isMeant = (name: string) => targets?.some((each) => name === each || name.startsWith(`${each}/`)) ?? true;
  const hasCommits = (await resolveCommit(context.repository, "HEAD")) !== undefined;
  const isDirty = lines.some((line) => line !== "");
  return {
    state: !hasCommits ? "no commits" : isDirty ? "changed" : "clean",
    untracked: inside.filter(isMeant),
  };
}

/** The entries of an index that are meant: outputs, and files in them. */
function entriesOf(index: DataIndex, request: ChangesRequest): readonly DataChange[] {
  return dataChanges(index, index, request);
}

async function absentThere(index: DataIndex, request: DataStatusRequest): Promise<readonly string[]> {
  const { project, remote } = request;
  if (remote === undefined) return [];
  const { stages } = await loadProjectStages(project);
  const notPushed = new Set(
    stages.flatMap(({ outs }) => outs.filter((out) => out.push === false && !isUrl(out.path)).map(({ path }) => path)),
  );
  const entries = entriesOf(index, request).filter(({ path }) => !notPushed.has(path.replace(/\/$/, "")));
  const there = await existingObjects(
    openRemote(project, remote.name),
    entries.flatMap((entry) => entry.old ?? []),
  );
  return entries.filter((entry) => !there.has(entry.old ?? "")).map(({ path }) => path);
}

/** Errors: REMOTE_UNKNOWN, REMOTE_UNSUPPORTED, those of broken pipeline files. */
export async function dataStatus(request: DataStatusRequest): Promise<DataStatus> {
  const { project, context, cache } = request;
  const recorded = recordedIndex(await loadRecorded(project), cache);
  const now = await workspaceIndex(project, cache);
  const uncommitted = dataChanges(recorded, now, request);
  const head = context === undefined ? undefined : await resolveCommit(context.repository, "HEAD");
  const committed =
    context === undefined
      ? []
      : dataChanges(head === undefined ? new Map() : await commitIndex(context, head, cache), recorded, request);
  const same = new Set(committed.filter(({ kind }) => kind === "unchanged").map(({ path }) => path));
  const isUnchanged = ({ kind, path }: DataChange) => kind === "unchanged" && (context === undefined || same.has(path));
  const git = await gitFacts(request);
  const isChange = ({ kind }: DataChange) => kind !== "unchanged";
  return {
    notInCache: entriesOf(recorded, request)
      .filter(({ old }) => old !== undefined && !hasObject(cache, old))
      .map(({ path }) => path),
    notInRemote: await absentThere(recorded, request),
    committed: committed.filter(isChange),
    uncommitted: uncommitted.filter(isChange),
    untracked: git.untracked,
    unchanged: uncommitted.filter(isUnchanged).map(({ path }) => path),
    git: git.state,
  };
}
