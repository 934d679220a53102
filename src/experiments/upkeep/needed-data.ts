/** Which objects of the cache are needed: what the workspace, commits, the queue and running copies name. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, readdirSync, readIfExists } from "../../base/files.ts";
import { isLockHeld } from "../../base/locks.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { brokenRefs, listRefs } from "../../git/refs.ts";
import { resolveCommit } from "../../git/repository.ts";
import { branchTips, type CommitChoice, chosenCommits, commitsBetween } from "../../git/revisions.ts";
import type { RecordedData } from "../../pipeline/reading/pipeline-parts.ts";
import { loadRecorded } from "../../pipeline/reading/project-stages.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, openCache, soundTree } from "../../store/cache.ts";
import { isObjectHash, isTreeHash } from "../../store/tree.ts";
import { listDvcQueue } from "../queue/dvc-queue.ts";
import { listQueue, queuePrefix } from "../queue/entries.ts";
import { openReading, openTrees, type SharedReading } from "../reading/load-revisions.ts";
import { itemsOf } from "../recovery/left-files.ts";
import { type ExperimentsContext, parseExperimentRef } from "../repository.ts";

/** What can't be read, and where: its data is not known. */
export interface UnreadableNeed {
  readonly where: string;
  readonly message: string;
}

/**
 * Hashes by who needs them. firm: the queue and what runs now, who look into the cache only; soft: the workspace, branches,
 * experiments and chosen commits, whose data may come from a remote again.
 */
export class NeededData {
  readonly firm = new Set<string>();
  readonly soft = new Set<string>();
  /** Lists of folders that the cache lacks: their files are not known. */
  readonly unknownLists = new Set<string>();
  readonly unreadable: UnreadableNeed[] = [];
  /** What outputs name for themselves. */
  readonly remotes = new Set<string>();
  private readonly seen = new Set<ObjectId>();

  constructor(private readonly cache: Cache) {}

  add(md5: string, into: Set<string>): void {
    if (!isObjectHash(md5) || into.has(md5)) return;
    into.add(md5);
    if (!isTreeHash(md5)) return;
    const entries = soundTree(this.cache, md5);
    if (entries === undefined) this.unknownLists.add(md5);
    else for (const entry of entries) into.add(entry.md5);
  }

  addRecorded({ cached, stored }: RecordedData, into: Set<string>): void {
    for (const [, md5] of cached) this.add(md5, into);
    for (const { md5, remote } of stored) {
      this.add(md5, into);
      if (remote !== undefined) this.remotes.add(remote);
    }
  }

  /** Those that were not given before. */
  fresh(commits: Iterable<ObjectId>): readonly ObjectId[] {
    const fresh = [...new Set(commits)].filter((commit) => !this.seen.has(commit));
    for (const commit of fresh) this.seen.add(commit);
    return fresh;
  }
}

/** Commits whose files are held at a time. */
const chunkSize = 256;

async function readChunk(
  commits: readonly ObjectId[],
  reading: SharedReading,
  { needed, into }: { readonly needed: NeededData; readonly into: Set<string> },
): Promise<void> {
  const objects = await reading.objects.readAll(commits);
  const trees = new Map(
    commits.flatMap((commit, at) => {
      const object = objects[at];
      if (object?.type === "commit") return [[commit, parseCommit(object.content).tree] as const];
      needed.unreadable.push({ where: commit.slice(0, 7), message: "a ref names it, and there is no such commit" });
      return [];
    }),
  );
  const opened = await openTrees(trees.values(), reading);
  for (const [commit, tree] of trees) {
    const revision = opened.get(tree);
    if (revision instanceof SweeplineError)
      needed.unreadable.push({ where: commit.slice(0, 7), message: revision.message });
    else if (revision !== undefined) needed.addRecorded(revision.reading.recorded, into);
  }
}

async function addCommits(
  context: ExperimentsContext,
  commits: Iterable<ObjectId>,
  target: { readonly needed: NeededData; readonly into: Set<string> },
): Promise<void> {
  const fresh = target.needed.fresh(commits);
  if (fresh.length === 0) return;
  // What .dvcignore passes over today may have been data then.
  const reading = await openReading(context, { kind: "tracked", params: "dependencies" }, "nothing");
  try {
    for (let at = 0; at < fresh.length; at += chunkSize)
      await readChunk(fresh.slice(at, at + chunkSize), reading, target);
  } finally {
    reading.close();
  }
}

const anyHash = /\b[0-9a-f]{32}(?:\.dir)?\b/g;

/** All that looks like a hash in lock files and .dvc files below a folder: what a run has just written may not be whole yet. */
function addHashesBelow(folder: string, needed: NeededData): void {
  for (const item of itemsOf(folder)) {
    const file = path.join(folder, item.name);
    if (item.isDirectory()) {
      if (item.name !== ".git") addHashesBelow(file, needed);
    } else if (item.isFile() && (item.name === "dvc.lock" || item.name.endsWith(".dvc")))
      for (const [md5] of readIfExists(file)?.toString("latin1").matchAll(anyHash) ?? []) needed.add(md5, needed.firm);
  }
}

/** Copies of the workspace in which something runs, ours and those of DVC. */
function addCopies({ project, state }: Pick<ExperimentsContext, "project" | "state">, needed: NeededData): void {
  if (existsSync(state.copies))
    for (const slot of readdirSync(state.copies).filter((name) => /^\d+$/.test(name)))
      if (isLockHeld(path.join(state.copies, `${slot}.lock`))) addHashesBelow(path.join(state.copies, slot), needed);
  for (const { name } of itemsOf(path.join(project.tmpDir, "exps")))
    if (/^tmp/.test(name)) addHashesBelow(path.join(project.tmpDir, "exps", name), needed);
}

/** Whose data stays. */
export interface NeedyProject {
  readonly project: Project;
  /** undefined: without Git. */
  readonly context: ExperimentsContext | undefined;
}

/** Refs that git passes over: what they named before somebody cut them off needs its data, whatever that was. */
async function addBrokenRefs({ repository }: ExperimentsContext, needed: NeededData): Promise<void> {
  const experiments = await brokenRefs(repository, "refs/exps");
  const ours = experiments.filter((ref) => ref.startsWith(queuePrefix) || parseExperimentRef(ref) !== undefined);
  for (const ref of [...ours, ...(await brokenRefs(repository, "refs/heads"))])
    needed.unreadable.push({ where: ref, message: "what it names can't be read" });
}

/** Commits that every collection keeps: of branches, HEAD, experiments, and what DVC keeps for itself. */
async function keptCommits({ repository }: ExperimentsContext): Promise<readonly ObjectId[]> {
  const refs = await listRefs(repository, ["refs/exps"]);
  const head = await resolveCommit(repository, "HEAD");
  const baselines = refs.flatMap(({ name }) => parseExperimentRef(name)?.baseline ?? []);
  const experiments = refs.filter(({ name }) => parseExperimentRef(name) !== undefined).map(({ id }) => id);
  return [
    ...refs.map(({ id }) => id),
    ...(await commitsBetween(repository, experiments, baselines)),
    ...(head === undefined ? [] : [head]),
    ...(await branchTips(repository)),
  ];
}

/**
 * Adds what a project needs. What runs comes before what is finished, so that an experiment which ends meanwhile is found in
 * one or the other. Errors: those of broken pipeline files in the workspace, UNKNOWN_REVISION.
 */
export async function addNeeds(place: NeedyProject, choice: CommitChoice, needed: NeededData): Promise<void> {
  const { project, context } = place;
  if (context !== undefined) addCopies(context, needed);
  needed.addRecorded((await loadRecorded(project)).recorded, needed.soft);
  if (context === undefined) return;
  const { entries, elsewhere, broken } = await listQueue(context);
  const queued = [...entries, ...elsewhere, ...broken, ...listDvcQueue(context.repository)];
  await addCommits(
    context,
    queued.map(({ commit }) => commit),
    { needed, into: needed.firm },
  );
  await addBrokenRefs(context, needed);
  const kept = [...(await keptCommits(context)), ...(await chosenCommits(context.repository, choice))];
  await addCommits(context, kept, { needed, into: needed.soft });
}

export function openNeeded(project: Project): NeededData {
  return new NeededData(openCache(project));
}
