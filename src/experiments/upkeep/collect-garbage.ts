/**
 * `gc`: removes objects of the cache, and of remotes, that nobody needs. They are found first, so that the user can be asked;
 * then, while nobody stores data, what came to be needed meanwhile is added, and of those that were found the others go.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import type { CommitChoice } from "../../git/revisions.ts";
import { git } from "../../git/run.ts";
import type { StageRunner } from "../../pipeline/locks/owner-links.ts";
import { cachePlace, whileUnpinned } from "../../pipeline/locks/pins.ts";
import { folderInGit } from "../../project/in-git.ts";
import { openProject } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import { findGarbage, type Garbage, type ObjectLayout, removeGarbage } from "../../store/garbage.ts";
import { existingObjects } from "../../store/remotes/keys.ts";
import { defaultRemoteName, openRemote } from "../../store/remotes/open.ts";
import { findRemoteGarbage, type RemoteGarbage, removeRemoteGarbage } from "../../store/remotes/remote-garbage.ts";
import { remoteTrees } from "../../store/remotes/remote-tree.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";
import { openExperiments } from "../repository.ts";
import { addNeeds, type NeededData, type NeedyProject, openNeeded, type UnreadableNeed } from "./needed-data.ts";

export interface GarbageRequest {
  readonly project: Project;
  /** Absolute folders of projects whose data stays too: those that share the cache. */
  readonly others: readonly string[];
  readonly keep: CommitChoice;
  /** What becomes of the data of commits that can't be read. */
  readonly unreadable: "refuse" | "give up";
  /** "cache": of it alone; "remote too"; "unless in the remote": what a remote has counts as not needed here. */
  readonly from: "cache" | "remote too" | "unless in the remote";
  /** -r */
  readonly remote: string | undefined;
  readonly jobs: number | undefined;
}

export interface FoundGarbage {
  readonly cache: Readonly<Record<ObjectLayout, Garbage>>;
  readonly remotes: readonly RemoteGarbage[];
  /** What can't be read and is given up. */
  readonly unreadable: readonly UnreadableNeed[];
  /** Lists of folders that neither the cache nor a remote has: files of theirs may be among what goes. */
  readonly unknownLists: readonly string[];
  readonly needed: NeededData;
}

export interface RemovedGarbage {
  readonly cache: Readonly<Record<ObjectLayout, number>>;
  /** By remote. */
  readonly remotes: readonly { readonly name: string; readonly removed: number }[];
}

function needyProject(project: Project): NeedyProject {
  return { project, context: project.gitRoot === null ? undefined : openExperiments(project) };
}

/** Linked work trees of the repository whose project has the same cache. */
async function besideProjects(project: Project): Promise<readonly Project[]> {
  if (project.gitRoot === null) return [];
  const text = await git(["worktree", "list", "--porcelain"], { cwd: project.gitRoot });
  const inside = folderInGit(project);
  return text
    .split("\n")
    .flatMap((line) => (line.startsWith("worktree ") ? [path.join(line.slice("worktree ".length), inside)] : []))
    .filter((folder) => folder !== project.root && existsSync(path.join(folder, ".dvc")))
    .map((folder) => openProject(folder))
    .filter(({ cacheDir }) => cacheDir === project.cacheDir);
}

async function addAllNeeds(request: GarbageRequest, needed: NeededData): Promise<void> {
  const { project, others, keep } = request;
  const projects = [project, ...(await besideProjects(project)), ...others.map((folder) => openProject(folder))];
  for (const each of projects) await addNeeds(needyProject(each), keep, needed);
  const [first] = needed.unreadable;
  if (first !== undefined && request.unreadable === "refuse")
    throw new SweeplineError({
      code: "REVISION_UNREADABLE",
      message: `Failed to collect '${first.where}': ${first.message}`,
      hint: "What it needs is not known, so nothing was removed. `--skip-failed` gives its data up.",
    });
}

function chosenRemote({ project, remote, from }: GarbageRequest): StorageRemote | undefined {
  return from === "cache" ? undefined : openRemote(project, remote);
}

/** The files of folders whose list only a remote has. */
async function addRemoteLists(request: GarbageRequest, needed: NeededData): Promise<void> {
  const { project } = request;
  const name = request.remote ?? defaultRemoteName(project);
  if (needed.unknownLists.size === 0 || name === undefined) return;
  const remote = openRemote(project, name);
  const trees = await remoteTrees(openCache(project), remote, [...needed.unknownLists]);
  for (const [md5, entries] of trees) {
    needed.unknownLists.delete(md5);
    for (const entry of entries) needed.soft.add(entry.md5);
  }
}

/** What the cache has to keep. */
async function neededHere(request: GarbageRequest, needed: NeededData): Promise<ReadonlySet<string>> {
  if (request.from !== "unless in the remote") return new Set([...needed.soft, ...needed.firm]);
  const remote = openRemote(request.project, request.remote);
  const there = await existingObjects(remote, needed.soft);
  return new Set([...[...needed.soft].filter((md5) => !there.has(md5)), ...needed.firm]);
}

/** The remotes to clean: the chosen one, and those that outputs name for themselves. */
function remotesToClean(request: GarbageRequest, needed: NeededData): readonly StorageRemote[] {
  const chosen = request.from === "remote too" ? chosenRemote(request) : undefined;
  if (chosen === undefined) return [];
  const own = request.remote === undefined ? [...needed.remotes] : [];
  const others = own.map((name) => openRemote(request.project, name)).filter(({ name }) => name !== chosen.name);
  return [chosen, ...new Map(others.map((remote) => [remote.name, remote])).values()];
}

/**
 * Finds what nobody needs; removes nothing. Errors: REVISION_UNREADABLE, UNKNOWN_REVISION, REMOTE_UNKNOWN,
 * REMOTE_UNSUPPORTED, those of broken pipeline files.
 */
export async function findUnneeded(request: GarbageRequest): Promise<FoundGarbage> {
  const { project } = request;
  chosenRemote(request);
  const needed = openNeeded(project);
  await addAllNeeds(request, needed);
  await addRemoteLists(request, needed);
  const here = await neededHere(request, needed);
  const everywhere = new Set([...needed.soft, ...needed.firm]);
  const remotes: RemoteGarbage[] = [];
  for (const remote of remotesToClean(request, needed)) remotes.push(await findRemoteGarbage(remote, everywhere));
  return {
    cache: {
      current: findGarbage(project.cacheDir, "current", here),
      legacy: findGarbage(project.cacheDir, "legacy", here),
    },
    remotes,
    unreadable: needed.unreadable,
    unknownLists: [...needed.unknownLists],
    needed,
  };
}

/** Removes what was found and is still not needed. The workspace is locked by the caller. Errors: LOCKED. */
export function removeUnneeded(
  request: GarbageRequest,
  found: FoundGarbage,
  runner: StageRunner,
): Promise<RemovedGarbage> {
  const { project, jobs } = request;
  return whileUnpinned({ ...cachePlace(project), runner }, async () => {
    const { needed } = found;
    await addAllNeeds(request, needed);
    const here = await neededHere(request, needed);
    const everywhere = new Set([...needed.soft, ...needed.firm]);
    const cache = {
      current: removeGarbage(found.cache.current, here),
      legacy: removeGarbage(found.cache.legacy, here),
    };
    const remotes: { name: string; removed: number }[] = [];
    for (const garbage of found.remotes) {
      const removed = await removeRemoteGarbage(garbage, everywhere, jobs);
      remotes.push({ name: garbage.remote.name, removed });
    }
    return { cache, remotes };
  });
}
