/** Reads many commits at once: what each says about parameters, metrics and data. One git process for all. */
import path from "node:path";
import type { ErrorCode } from "../../base/error-codes.ts";
import { SweeplineError } from "../../base/errors.ts";
import { eachWhenLoaded, whenLoaded } from "../../base/not-loaded.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { ObjectPool } from "../../git/object-pool.ts";
import { type ParsedCommit, parseCommit } from "../../git/objects.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import { lockFileOf } from "../../pipeline/paths.ts";
import { diskSource } from "../../pipeline/reading/disk-source.ts";
import { type FileSource, listPipelineFiles } from "../../pipeline/reading/file-source.ts";
import { Readings } from "../../pipeline/reading/readings.ts";
import { TreeListings, treeSource } from "../../pipeline/reading/tree-source.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import { folderInGit } from "../../project/in-git.ts";
import type { Project } from "../../project/project.ts";
import { openCache } from "../../store/cache.ts";
import { parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import {
  type DataRequest,
  type OpenRevision,
  openRevision,
  type Readers,
  revisionData,
  wantedFiles,
} from "./experiment-data.ts";
import { RowSizes } from "./row-sizes.ts";
import type { ExperimentData } from "./types.ts";
import { DataFiles } from "./values.ts";

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
  /** Of a trial of a search: its number, from 1. */
  readonly trial: number | undefined;
  /** The step after which its run was ended as hopeless. */
  readonly stoppedAt: number | undefined;
};

/** Everything that reading shares; close it when done. */
export interface SharedReading {
  readonly project: Project;
  readonly objects: CatFile;
  readonly pool: ObjectPool;
  readonly listings: TreeListings;
  readonly sizes: RowSizes;
  readonly readers: Readers;
  /** The project's folder in the repository, "" where they are the same. */
  readonly prefix: string;
  readonly request: DataRequest;
  close(): void;
}

/** .dvcignore is the workspace's, also for older commits. What Git ignores counts on the disk only, as in DVC. */
function ignoredPaths(root: string): (file: string, kind: "file" | "folder") => boolean {
  const rules = ignoreRules(root);
  const known = new Map<string, boolean>();
  return (file, kind) => {
    if (kind === "folder") return rules.ignoresFolder(path.join(root, file));
    const answer = known.get(file) ?? rules.ignoresFile(path.join(root, file));
    known.set(file, answer);
    return answer;
  };
}

/** The parsers, for a project with or without Git. */
export async function openReaders(project: Project): Promise<Readers> {
  const files = await DataFiles.open();
  return {
    files,
    readings: new Readings("all", files),
    cache: openCache(project),
  };
}

/** Starts git's reader of objects. `ignored`: what the walk of a commit passes over. */
export async function openReading(
  context: ExperimentsContext,
  request: DataRequest,
  ignored: "by .dvcignore" | "nothing" = "by .dvcignore",
): Promise<SharedReading> {
  const { project, repository } = context;
  const objects = new CatFile(repository);
  const pool = new ObjectPool(objects);
  const prefix = folderInGit(project);
  return {
    project,
    objects,
    pool,
    listings: new TreeListings(pool, prefix, ignored === "nothing" ? () => false : ignoredPaths(project.root)),
    sizes: new RowSizes(),
    readers: await openReaders(project),
    prefix,
    request,
    close: () => objects.close(),
  };
}

/** Expected failures as values. */
function attempt<T>(work: () => T): T | SweeplineError {
  try {
    return work();
  } catch (error) {
    if (error instanceof SweeplineError) return error;
    throw error;
  }
}

/** DVC's names for what it has in its JSON too. */
const dvcTypes: Partial<Record<ErrorCode, string>> = {
  YAML_INVALID: "YAMLSyntaxError",
  PIPELINE_FILE_INVALID: "YAMLValidationError",
  TEMPLATE_INVALID: "ResolveError",
};

function outcomeOf(data: ExperimentData | SweeplineError): DataOutcome {
  return data instanceof SweeplineError
    ? { data: null, error: { type: dvcTypes[data.code] ?? data.code, message: data.message } }
    : { data, error: null };
}

/** What the workspace's files say. */
export async function readWorkspace(project: Project, readers: Readers, request: DataRequest): Promise<DataOutcome> {
  const place = { project, source: diskSource(project) };
  return outcomeOf(await whenLoaded(() => attempt(() => revisionData(openRevision(place, readers), readers, request))));
}

/** The files that reading any project begins with. */
function firstFiles(source: FileSource): readonly string[] {
  const files = listPipelineFiles(source).flatMap(({ file, kind }) =>
    kind === "pipeline" ? [file, lockFileOf(file)] : [file],
  );
  return [...files, defaultParamsFile];
}

/** Of each tree what the work gives, or why it can't; what is needed is loaded for all at once. */
async function ofEach<A, B>(
  trees: ReadonlyMap<ObjectId, A | SweeplineError>,
  work: (before: A, id: ObjectId) => B,
): Promise<ReadonlyMap<ObjectId, B | SweeplineError>> {
  const done = await eachWhenLoaded(trees, ([id, before]) =>
    before instanceof SweeplineError ? before : attempt(() => work(before, id)),
  );
  return new Map([...done].map(([[id], result]) => [id, result]));
}

/** Brings files of the trees. A tree that has too many bytes to be read becomes the failure that says so. */
export async function loadFiles<A>(
  trees: ReadonlyMap<ObjectId, A | SweeplineError>,
  filesOf: (tree: A) => readonly string[],
  { pool, listings, sizes }: SharedReading,
): Promise<ReadonlyMap<ObjectId, A | SweeplineError>> {
  const named = await ofEach(trees, (tree, id) => ({ tree, files: listings.filesOf(id, filesOf(tree)) }));
  const ids = [...named.values()].flatMap((each) =>
    each instanceof SweeplineError ? [] : each.files.map((file) => file.id),
  );
  await pool.loadBlobs(ids);
  return ofEach(named, ({ tree, files }) => {
    sizes.add(files.map((file) => ({ ...file, size: pool.sizeOf(file.id) })));
    return tree;
  });
}

/**
 * The projects of trees, or why one can't be read. What Git is asked for is named for all trees at once: their folders, then
 * their pipeline files with lock files; more only where templates read other files.
 */
export async function openTrees(
  trees: Iterable<ObjectId>,
  reading: SharedReading,
): Promise<ReadonlyMap<ObjectId, OpenRevision | SweeplineError>> {
  const { project, listings, readers } = reading;
  const ids = new Set(trees);
  await listings.loadFolders(ids);
  const sources = await ofEach(new Map([...ids].map((id) => [id, id])), (id) => {
    listings.check(id);
    return treeSource(id, listings);
  });
  const loaded = await loadFiles(sources, firstFiles, reading);
  return ofEach(loaded, (source) => openRevision({ project, source }, readers));
}

async function readTrees(
  trees: Iterable<ObjectId>,
  reading: SharedReading,
): Promise<ReadonlyMap<ObjectId, DataOutcome>> {
  const { readers, request } = reading;
  const opened = await openTrees(trees, reading);
  const loaded = await loadFiles(opened, (revision) => wantedFiles(revision, request), reading);
  const read = await ofEach(loaded, (revision) => revisionData(revision, readers, request));
  return new Map([...read].map(([id, outcome]) => [id, outcomeOf(outcome)]));
}

/** The commits that exist, by id. */
async function readCommits(
  ids: Iterable<ObjectId>,
  reading: SharedReading,
): Promise<ReadonlyMap<ObjectId, ParsedCommit>> {
  const wanted = [...new Set(ids)];
  const objects = await reading.objects.readAll(wanted);
  return new Map(
    objects.flatMap((object, index) => {
      const id = wanted[index];
      return id === undefined || object?.type !== "commit" ? [] : [[id, parseCommit(object.content)] as const];
    }),
  );
}

async function loadChunk(ids: readonly ObjectId[], reading: SharedReading, into: Map<ObjectId, LoadedRevision>) {
  const commits = await readCommits(ids, reading);
  const trees = [...commits.values()].map(({ tree }) => tree);
  const outcomes = await readTrees(trees, reading);
  for (const [id, commit] of commits) {
    const outcome = outcomes.get(commit.tree);
    if (outcome === undefined) continue;
    const { sweep, trial, stopped } = parseFacts(commit) ?? {};
    const facts = { timestamp: commit.committedAt, parents: commit.parents, sweep, trial, stoppedAt: stopped?.step };
    into.set(id, { ...outcome, ...facts });
  }
}

const chunkSize = 256;
/** While one chunk is parsed here, git reads the objects of the next. */
const chunksAtOnce = 3;

/** Everything about the commits; those that the repository lacks are left out. */
export async function loadRevisions(
  ids: Iterable<ObjectId>,
  reading: SharedReading,
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
