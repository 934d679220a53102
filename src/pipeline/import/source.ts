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
import { insideFolder } from "../../base/paths.ts";
import type { ObjectId } from "../../git/ids.ts";
import { cloneSource } from "../../git/source-commit.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import { findGitRoot } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import { isFolder } from "../../project/upwards.ts";
import { type Cache, findObject, openCache, readTree } from "../../store/cache.ts";
import { defaultRemoteName, openRemote } from "../../store/remotes/open.ts";
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
}

/** A file or folder that is an output, or in one. */
export interface SourceOutput {
  readonly md5: string;
  readonly size: number | undefined;
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

/** The data stores of a source: the cache of a repository here, then one of our own that is filled from its remote. */
class Stores {
  constructor(
    private readonly parts: {
      readonly caches: readonly Cache[];
      readonly own: Cache;
      readonly project: Project;
      readonly jobs: number | undefined;
    },
  ) {}

  find(md5: string): string | undefined {
    for (const cache of [...this.parts.caches, this.parts.own]) {
      const file = findObject(cache, md5);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  tree(md5: string) {
    for (const cache of [...this.parts.caches, this.parts.own]) {
      if (findObject(cache, md5) !== undefined) return readTree(cache, md5);
    }
    throw absent(md5);
  }

  async fetch(hashes: readonly string[]): Promise<void> {
    const lacking = hashes.filter((md5) => this.find(md5) === undefined);
    if (lacking.length === 0) return;
    const { project, own, jobs } = this.parts;
    if (defaultRemoteName(project) !== undefined) {
      // Lists alone: which of their files are wanted is asked later.
      const parts = new Map(lacking.filter(isTreeHash).map((md5) => [md5, () => false]));
      const { failed } = await pullObjects(own, openRemote(project), { jobs, hashes: lacking, parts });
      const [failure] = failed;
      if (failure !== undefined) throw new SweeplineError({ code: "TRANSFER_FAILED", message: failure.message });
    }
    const missing = lacking.find((md5) => this.find(md5) === undefined);
    if (missing === undefined) return;
    throw absent(missing);
  }
}

function absent(md5: string): SweeplineError {
  return new SweeplineError({
    code: "CACHE_MISSING",
    message: `neither the cache nor a remote of the repository has '${md5}'`,
    hint: "Push it from where it was made.",
  });
}

function storesOf(settings: Project, local: Project | undefined, { scratch, jobs }: SourceRequest): Stores {
  const own: Cache = { ...openCache(settings), folder: path.join(scratch, "cache"), knownFolders: new Set() };
  return new Stores({ caches: local === undefined ? [] : [openCache(local)], own, project: settings, jobs });
}

async function outputsOf(project: Project): Promise<ReadonlyMap<string, SourceOutput>> {
  const { recorded } = await loadRecorded(project, { source: diskSource(project) });
  const sizes = new Map(recorded.outs.map(([file, { size }]) => [file, size ?? undefined]));
  const cached = recorded.cached.filter(([file]) => !file.startsWith(".."));
  return new Map(cached.map(([file, md5]) => [file, { md5, size: sizes.get(file) }]));
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
  if (here !== undefined && !isGit && !isProject) throw notFound(url);
  if (here !== undefined && (rev === "workspace" || !isGit)) return { folder: here, commit: undefined, here };
  const gitRoot = here === undefined ? null : findGitRoot(here);
  const name = typeof rev === "object" ? rev.name : undefined;
  const commit = await cloneSource({ url: gitRoot ?? url, rev: name, folder: clone });
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

/**
 * Calls `work` with the source. Errors: NOT_IN_GIT, GIT_REMOTE_FAILED, UNKNOWN_REVISION, those of its pipeline files and
 * settings.
 */
export async function withSource<T>(request: SourceRequest, work: (source: SourceProject) => Promise<T>): Promise<T> {
  const scratch = asideName(path.join(request.scratch, "source"));
  makeFolder(scratch);
  try {
    const place = await openPlace(request, path.join(scratch, "clone"));
    const project = projectAt(place.folder, request.settings);
    const local = place.here === undefined ? undefined : projectAt(place.here, request.settings);
    const folder = project?.root ?? place.folder;
    const settings = local ?? project;
    const stores = settings === undefined ? undefined : storesOf(settings, local, { ...request, scratch });
    return await work({
      folder,
      commit: place.commit,
      outputs: project === undefined ? new Map() : await outputsOf(project),
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
    });
  } finally {
    removeTree(scratch);
  }
}
