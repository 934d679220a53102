/** Another repository, or this one: its files, and the data that its lock files and .dvc files name. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { SweeplineError, unlessSystemFails } from "../../base/errors.ts";
import {
  existsSync,
  lstatIfExists,
  makeFolder,
  readdirSync,
  realpathSync,
  removeTree,
  statSync,
} from "../../base/files.ts";
import { insideFolder, relativePosix } from "../../base/paths.ts";
import type { ObjectId } from "../../git/ids.ts";
import { cloneSource } from "../../git/source-commit.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import { findGitRoot } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import { isFolder } from "../../project/upwards.ts";
import { type Cache, findObject, openCache, readTree } from "../../store/cache.ts";
import { byRemote } from "../../store/remotes/by-remote.ts";
import { openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import { isTreeHash } from "../../store/tree.ts";
import { isDangling } from "../../store/walk.ts";
import { diskSource } from "../reading/disk-source.ts";
import { loadRecorded } from "../reading/project-stages.ts";
import { openSourceProject, type SourceSettings } from "./source-settings.ts";

export interface SourceRequest {
  /** A path, file://, or what git clones. */
  readonly url: string;
  /** A revision, "head" for what HEAD is; "workspace": a folder here as it lies, anything else as its HEAD. */
  readonly rev: { readonly name: string } | "head" | "workspace";
  /** Absolute: what a path is relative to. */
  readonly base: string;
  /** Absolute: clones and downloads go below it, and are removed. */
  readonly scratch: string;
  readonly jobs: number | undefined;
  /** Over those of its project. */
  readonly settings?: SourceSettings;
  /** Has what need not be fetched. */
  readonly known?: Cache;
}

/** A file or folder that is an output, or in one. */
export interface SourceOutput {
  readonly md5: string;
  readonly size: number | undefined;
  /** The remote that it names for itself. */
  readonly remote: string | undefined;
}

export interface SourceProject {
  /** Absolute: the root of the project, or of the repository where there is none. */
  readonly folder: string;
  /** undefined: the workspace. */
  readonly commit: ObjectId | undefined;
  /** By path relative to the folder. */
  readonly outputs: ReadonlyMap<string, SourceOutput>;
  /** The files of a folder that is an output. Fetched where it has to be. Throws CACHE_MISSING. */
  filesOf(md5: string): Promise<ReadonlyMap<string, string>>;
  /** Files of these objects, by hash. Throws CACHE_MISSING, TRANSFER_FAILED. */
  objects(hashes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Sizes of objects, by hash. Throws as objects(). */
  sizes(hashes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** What lies in a folder of it on the disk, relative names; without what .dvcignore excludes, .git and .dvc. */
  entries(
    folder: string,
  ): readonly { readonly name: string; readonly kind: "file" | "folder"; readonly file: string }[];
}

/** The folder that an address names, where it is one here. */
function folderOf({ url, base }: SourceRequest): string | undefined {
  const name = url.startsWith("file://") ? url.slice("file://".length) : url;
  const absolute = path.resolve(base, name);
  return isFolder(absolute) ? absolute : undefined;
}

function notFound(url: string): SweeplineError {
  return new SweeplineError({ code: "NOT_IN_GIT", message: `No git repository was found at ${url}` });
}

/** A repository without files, which others push to. */
function isBareRepository(folder: string): boolean {
  return (
    existsSync(path.join(folder, "HEAD")) && ["objects", "refs"].every((name) => isFolder(path.join(folder, name)))
  );
}

/** The data stores of a source: the cache of a repository here, then one of our own that is filled from its remotes. */
class Stores {
  /** Of objects in a remote that their output names for itself. */
  private readonly remotes = new Map<string, string>();

  constructor(
    private readonly parts: {
      readonly caches: readonly Cache[];
      readonly own: Cache;
      readonly project: Project;
      readonly jobs: number | undefined;
    },
    outputs: Iterable<SourceOutput>,
  ) {
    for (const { md5, remote } of outputs) if (remote !== undefined) this.remotes.set(md5, remote);
  }

  find(md5: string): string | undefined {
    for (const cache of [...this.parts.caches, this.parts.own]) {
      const file = findObject(cache, md5);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  tree(md5: string) {
    for (const cache of [...this.parts.caches, this.parts.own]) {
      if (findObject(cache, md5) === undefined) continue;
      const entries = readTree(cache, md5);
      const remote = this.remotes.get(md5);
      if (remote !== undefined) for (const entry of entries ?? []) this.remotes.set(entry.md5, remote);
      return entries;
    }
    throw absent(md5);
  }

  async fetch(hashes: readonly string[]): Promise<void> {
    const lacking = hashes.filter((md5) => this.find(md5) === undefined);
    const { project, own, jobs } = this.parts;
    const objects = lacking.map((md5) => ({ md5, remote: this.remotes.get(md5) }));
    for (const [name, group] of byRemote({ project, remote: undefined }, objects)) {
      if (name === undefined || group.length === 0) continue;
      const wanted = group.map(({ md5 }) => md5);
      // Lists alone: which of their files are wanted is asked later.
      const parts = new Map(wanted.filter(isTreeHash).map((md5) => [md5, () => false]));
      const { failed } = await pullObjects(own, openRemote(project, name), { jobs, hashes: wanted, parts });
      const [failure] = failed;
      if (failure !== undefined) throw new SweeplineError({ code: "TRANSFER_FAILED", message: failure.message });
    }
    const missing = lacking.find((md5) => this.find(md5) === undefined);
    if (missing !== undefined) throw absent(missing);
  }
}

function absent(md5: string): SweeplineError {
  return new SweeplineError({
    code: "CACHE_MISSING",
    message: `neither the cache nor a remote of the repository has '${md5}'`,
    hint: "Push it from where it was made.",
  });
}

function storesOf(
  { settings, local }: { readonly settings: Project; readonly local: Project | undefined },
  { scratch, jobs, known }: SourceRequest,
  outputs: ReadonlyMap<string, SourceOutput>,
): Stores {
  const own: Cache = { ...openCache(settings), folder: path.join(scratch, "cache"), knownFolders: new Set() };
  const caches = [...(known === undefined ? [] : [known]), ...(local === undefined ? [] : [openCache(local)])];
  return new Stores({ caches, own, project: settings, jobs }, outputs.values());
}

async function outputsOf(project: Project): Promise<ReadonlyMap<string, SourceOutput>> {
  const { recorded, stages } = await loadRecorded(project, { source: diskSource(project) });
  const sizes = new Map(recorded.outs.map(([file, { size }]) => [file, size ?? undefined]));
  const remotes = new Map(
    stages.flatMap(({ workingFolder, outs }) =>
      outs.map((out) => [relativePosix(project.root, path.resolve(workingFolder, out.path)), out.remote] as const),
    ),
  );
  const cached = recorded.cached.filter(([file]) => !file.startsWith(".."));
  return new Map(cached.map(([file, md5]) => [file, { md5, size: sizes.get(file), remote: remotes.get(file) }]));
}

/** A link in somebody's repository may lead to any file of ours, which nobody asked for. */
function entriesIn(folder: string): SourceProject["entries"] {
  const rules = ignoreRules(folder);
  const top = realpathSync(folder);
  const staysIn = (file: string) => unlessSystemFails(false, () => insideFolder(top, realpathSync(file)) !== undefined);
  return (inside) => {
    const at = path.join(folder, inside);
    const found = lstatIfExists(at)?.isDirectory() && staysIn(at) ? readdirSync(at, { withFileTypes: true }) : [];
    return found.flatMap((entry): ReturnType<SourceProject["entries"]> => {
      const file = path.join(at, entry.name);
      if (entry.isDirectory())
        return rules.ignoresFolder(file) ? [] : [{ name: entry.name, kind: "folder" as const, file }];
      const isData =
        entry.isFile() || (entry.isSymbolicLink() && (isDangling(file) || (statSync(file).isFile() && staysIn(file))));
      return isData && !rules.ignoresFile(file) ? [{ name: entry.name, kind: "file" as const, file }] : [];
    });
  };
}

interface Place {
  readonly folder: string;
  readonly commit: ObjectId | undefined;
  /** The repository that the address names, where it is one here: its cache has the data. */
  readonly here: string | undefined;
}

async function openPlace(request: SourceRequest, clone: string): Promise<Place> {
  const { rev, url } = request;
  const here = folderOf(request);
  const isGit = here !== undefined && findGitRoot(here) !== null;
  const isProject = here !== undefined && existsSync(path.join(here, ".dvc"));
  const isBare = here !== undefined && !isGit && isBareRepository(here);
  if (here !== undefined && !isGit && !isProject && !isBare) throw notFound(url);
  if (here !== undefined && !isBare && (rev === "workspace" || !isGit))
    return { folder: here, commit: undefined, here };
  const gitRoot = here === undefined || isBare ? null : findGitRoot(here);
  const name = typeof rev === "object" ? rev.name : undefined;
  const commit = await cloneSource({ url: gitRoot ?? here ?? url, rev: name, folder: clone });
  const inside = here === undefined || gitRoot === null ? "" : path.relative(gitRoot, here);
  return { folder: path.join(clone, inside), commit, here };
}

/** The project of a folder, or of one above it in the same repository; a repository need not be a project. */
function projectAt(folder: string, settings: SourceSettings = {}): Project | undefined {
  const root = findGitRoot(folder);
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, ".dvc", "config"))) return openSourceProject(at, settings);
    if (at === root || path.dirname(at) === at) return undefined;
  }
}

/** A project within another one, which has a path in it: where it is, and what is left of the path. */
function innerProject(folder: string, name: string): { readonly at: string; readonly name: string } {
  const segments = path.posix.normalize(name || ".").split("/");
  for (let depth = segments.includes("..") ? 0 : segments.length; depth > 0; depth--) {
    const at = segments.slice(0, depth).join("/");
    const isProject = at !== "." && existsSync(path.join(folder, at, ".dvc", "config"));
    // A link may lead to a project of ours that nobody asked for.
    if (isProject && realpathSync(path.join(folder, at)) === path.join(realpathSync(folder), at))
      return { at, name: segments.slice(depth).join("/") };
  }
  return { at: "", name };
}

/** A source and a path in it. */
export interface PlaceInSource {
  readonly source: SourceProject;
  readonly name: string;
}

function sourceProject(
  folder: string,
  place: Place,
  { outputs, stores }: Pick<SourceProject, "outputs"> & { readonly stores: Stores | undefined },
): SourceProject {
  return {
    folder,
    commit: place.commit,
    outputs,
    async filesOf(md5) {
      await stores?.fetch([md5]);
      return new Map((stores?.tree(md5) ?? []).map((entry) => [entry.relpath, entry.md5]));
    },
    async objects(hashes) {
      await stores?.fetch(hashes);
      return new Map(hashes.map((md5) => [md5, stores?.find(md5) ?? ""]));
    },
    async sizes(hashes) {
      await stores?.fetch(hashes);
      return new Map(hashes.map((md5) => [md5, statSync(stores?.find(md5) ?? "").size]));
    },
    entries: entriesIn(folder),
  };
}

/** @param at where the project is in the outermost one, which is `outer` */
async function openSource(request: SourceRequest, place: Place, { outer, at }: { outer: string; at: string }) {
  const project = projectAt(path.join(outer, at), request.settings);
  const inside = path.relative(place.folder, path.join(outer, at));
  const here = place.here === undefined ? undefined : path.resolve(place.here, inside);
  const local = here === undefined || !isFolder(here) ? undefined : projectAt(here, request.settings);
  const settings = local ?? project;
  const outputs: ReadonlyMap<string, SourceOutput> = project === undefined ? new Map() : await outputsOf(project);
  const stores = settings === undefined ? undefined : storesOf({ settings, local }, request, outputs);
  return sourceProject(project?.root ?? place.folder, place, { outputs, stores });
}

/** Calls `work` with who tells what a path is in the source. Errors as withSource. */
export async function withSources<T>(
  request: SourceRequest,
  work: (find: (name: string) => Promise<PlaceInSource>) => Promise<T>,
): Promise<T> {
  const scratch = asideName(path.join(request.scratch, "source"));
  makeFolder(scratch);
  try {
    const place = await openPlace(request, path.join(scratch, "clone"));
    const outer = projectAt(place.folder, request.settings)?.root ?? place.folder;
    const opened = new Map<string, Promise<SourceProject>>();
    return await work(async (asked) => {
      const { at, name } = innerProject(outer, asked);
      const source = opened.get(at) ?? openSource({ ...request, scratch }, place, { outer, at });
      opened.set(at, source);
      return { source: await source, name };
    });
  } finally {
    removeTree(scratch);
  }
}

/**
 * Calls `work` with the source and what a path in it is there: a project within the repository's has its own data. Errors: NOT_IN_GIT,
 * GIT_REMOTE_FAILED, UNKNOWN_REVISION, those of its pipeline files and settings.
 */
export function withSource<T>(
  request: SourceRequest,
  asked: string,
  work: (source: SourceProject, name: string) => Promise<T>,
): Promise<T> {
  return withSources(request, async (find) => {
    const { source, name } = await find(asked);
    return work(source, name);
  });
}
