/** Reads many commits at once: what each says about parameters, metrics and data. One git process for all. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { type ParsedCommit, parseCommit } from "../../git/objects.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import { parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { commitSource, type TreeListings } from "./commit-source.ts";
import { experimentData, type ParamsScope, type Readers, targetData } from "./experiment-data.ts";
import type { FileSource } from "./file-source.ts";
import { Pipelines } from "./pipelines.ts";
import { ObjectPool } from "./trees.ts";
import type { ExperimentData } from "./types.ts";
import { DataFiles } from "./values.ts";
import { workspaceSource } from "./workspace-source.ts";

export interface Failure {
  readonly type: string;
  readonly message: string;
}

/** What a revision says, or why it can't be read. */
export type DataOutcome =
  | { readonly data: ExperimentData; readonly error: null }
  | { readonly data: null; readonly error: Failure };

export type LoadedRevision = DataOutcome & {
  /** Seconds since the epoch, of the committer. */
  readonly timestamp: number;
  readonly parents: readonly ObjectId[];
  /** The sweep's id that the commit names; undefined for others and for those of DVC. */
  readonly sweep: string | undefined;
};

/** Which parameters and metrics are read. */
export type DataRequest =
  | { readonly kind: "tracked"; readonly params: ParamsScope }
  /** Only these files, relative to the project. */
  | { readonly kind: "targets"; readonly targets: readonly string[] };

/** Everything that reading shares; close it when done. */
export interface Reading {
  readonly objects: CatFile;
  readonly listings: TreeListings;
  readonly readers: Readers;
  /** The project's folder in the repository, "" where they are the same. */
  readonly prefix: string;
  readonly request: DataRequest;
  close(): void;
}

function ignoredPaths(root: string): (file: string) => boolean {
  const rules = ignoreRules(root);
  const known = new Map<string, boolean>();
  return (file) => {
    const answer = known.get(file) ?? rules.ignoresFile(path.join(root, file));
    known.set(file, answer);
    return answer;
  };
}

/** The parsers, for a project with or without Git. */
export async function openReaders(project: Project): Promise<Readers> {
  const files = await DataFiles.open();
  return { files, pipelines: new Pipelines(project.root, files), cache: openCache(project) };
}

/** Starts git's reader of objects. .dvcignore is the workspace's, also for older commits. */
export async function openReading(context: ExperimentsContext, request: DataRequest): Promise<Reading> {
  const { project, repository } = context;
  const objects = new CatFile(repository);
  return {
    objects,
    listings: {
      pool: new ObjectPool(objects),
      pipelineFiles: new Map(),
      segments: new Map(),
      ignores: ignoredPaths(project.root),
    },
    readers: await openReaders(project),
    prefix: path.relative(repository.workTree, project.root).split(path.sep).join("/"),
    request,
    close: () => objects.close(),
  };
}

/** What the source's files say, expected failures as values. */
function readOutcome(source: FileSource, readers: Readers, request: DataRequest): DataOutcome | "pending" {
  try {
    const data =
      request.kind === "targets"
        ? targetData(source, readers, request.targets)
        : experimentData(source, readers, request.params);
    return data === "pending" ? data : { data, error: null };
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    return { data: null, error: { type: error.code, message: error.message } };
  }
}

/** What the workspace's files say. */
export function readWorkspace(root: string, readers: Readers, request: DataRequest): DataOutcome {
  const outcome = readOutcome(workspaceSource(root), readers, request);
  if (outcome === "pending") throw new Error("the workspace waits for objects");
  return outcome;
}

/** The outcomes of all trees, in rounds: what one tree waits for is fetched together with what the others wait for. */
async function readTrees(trees: Iterable<ObjectId>, reading: Reading): Promise<ReadonlyMap<ObjectId, DataOutcome>> {
  const outcomes = new Map<ObjectId, DataOutcome>();
  let open = [...new Set(trees)].map((tree) => ({
    tree,
    source: commitSource(tree, reading.prefix, reading.listings),
  }));
  while (open.length > 0) {
    const waiting: typeof open = [];
    for (const job of open) {
      const outcome = readOutcome(job.source, reading.readers, reading.request);
      if (outcome === "pending") waiting.push(job);
      else outcomes.set(job.tree, outcome);
    }
    const fetched = await reading.listings.pool.fetchWanted();
    if (waiting.length > 0 && !fetched) throw new Error("revisions wait for objects that nobody asked for");
    open = waiting;
  }
  return outcomes;
}

/** The commits that exist, by id. */
async function readCommits(ids: Iterable<ObjectId>, reading: Reading): Promise<ReadonlyMap<ObjectId, ParsedCommit>> {
  const wanted = [...new Set(ids)];
  const objects = await reading.objects.readAll(wanted);
  return new Map(
    objects.flatMap((object, index) => {
      const id = wanted[index];
      return id === undefined || object?.type !== "commit" ? [] : [[id, parseCommit(object.content)] as const];
    }),
  );
}

async function loadChunk(ids: readonly ObjectId[], reading: Reading, into: Map<ObjectId, LoadedRevision>) {
  const commits = await readCommits(ids, reading);
  const trees = [...commits.values()].map(({ tree }) => tree);
  const outcomes = await readTrees(trees, reading);
  for (const [id, commit] of commits) {
    const outcome = outcomes.get(commit.tree);
    if (outcome === undefined) continue;
    const sweep = parseFacts(commit)?.sweep;
    into.set(id, { ...outcome, timestamp: commit.committedAt, parents: commit.parents, sweep });
  }
}

const chunkSize = 256;
/** While one chunk is parsed here, git reads the objects of the next. */
const chunksAtOnce = 3;

/** Everything about the commits; those that the repository lacks are left out. */
export async function loadRevisions(
  ids: Iterable<ObjectId>,
  reading: Reading,
): Promise<ReadonlyMap<ObjectId, LoadedRevision>> {
  const wanted = [...new Set(ids)];
  const loaded = new Map<ObjectId, LoadedRevision>();
  // The first chunk alone: it finds what all share.
  await loadChunk(wanted.slice(0, chunkSize), reading, loaded);
  let next = chunkSize;
  const work = async () => {
    while (next < wanted.length) {
      const start = next;
      next += chunkSize;
      await loadChunk(wanted.slice(start, start + chunkSize), reading, loaded);
    }
  };
  await Promise.all(Array.from({ length: chunksAtOnce }, work));
  return loaded;
}
