/** `import`, `import-url` and `update`: data from elsewhere that a .dvc file tracks, with where it came from. */
import path from "node:path";
import type { ErrorCode } from "../../base/error-codes.ts";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync, writeAtomic } from "../../base/files.ts";
import { insideFolder, relativePosix } from "../../base/paths.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { checkPlace } from "../../project/gate.ts";
import { ignoreInGit } from "../../project/gitignore.ts";
import type { Project } from "../../project/project.ts";
import type { Cache } from "../../store/cache.ts";
import { checkoutData } from "../../store/checkout.ts";
import { addToCache, hashData } from "../../store/data.ts";
import { writeDvcFile } from "../../store/dvc-file.ts";
import type { DataHash } from "../../store/hash.ts";
import { type BucketFacts, fetchFromBucket, lookInBucket } from "../../store/remotes/bucket-data.ts";
import { outputHolding, outputsAt } from "../graph/graph.ts";
import { isUrl } from "../paths.ts";
import { refuseGitIgnored } from "../reading/ignored.ts";
import { loadProjectStages } from "../reading/project-stages.ts";
import { settingsOfRecord } from "../source/recorded-settings.ts";
import { withSource } from "../source/source.ts";
import { takeFromSource, unruled, withScratch } from "../source/take.ts";
import type { RecordedSettings } from "../types.ts";
import { type ImportFile, importFileText, type SourceFacts } from "./import-file.ts";
import { type RemoteDestination, takenToRemote } from "./to-remote.ts";
import { downloadUrl, lookAtUrl } from "./url.ts";

/** Where data comes from. */
export type ImportOrigin =
  | {
      readonly kind: "repository";
      readonly url: string;
      readonly rev: string | undefined;
      readonly path: string;
      readonly settings?: RecordedSettings;
    }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "url"; readonly path: string }
  /** In a bucket of S3, by itself or by the name of a remote. */
  | { readonly kind: "bucket"; readonly path: string };

/** everything; facts: what the source is now, without its data; nothing: not even looked at. */
export type Fetching = "everything" | "facts" | "nothing";

export interface FetchRequest {
  readonly project: Project;
  readonly cache: Cache;
  readonly jobs: number | undefined;
  readonly fetching: Fetching;
  /** Absolute: what a path of the origin is relative to. */
  readonly folder: string;
}

function refuse(code: ErrorCode, message: string, hint?: string): SweeplineError {
  return new SweeplineError({ code, message, ...(hint === undefined ? {} : { hint }) });
}

/** What import-url takes. Throws URL_UNSUPPORTED. */
export function originOf(url: string): ImportOrigin {
  if (!isUrl(url)) return { kind: "path", path: url };
  if (/^https?:\/\//i.test(url)) return { kind: "url", path: url };
  if (/^(s3|remote):\/\//i.test(url)) return { kind: "bucket", path: url };
  const scheme = /^([^:]+):/.exec(url)?.[1] ?? "";
  throw refuse("URL_UNSUPPORTED", `'${scheme}' addresses can't be imported`, "Folders, files, http(s) and s3 can.");
}

/** The source's data in our cache, as far as it was asked for, and what is to be recorded. */
export interface Fetched {
  readonly source: SourceFacts;
  readonly hash: DataHash | undefined;
}

async function fromRepository(
  request: FetchRequest,
  origin: Extract<ImportOrigin, { kind: "repository" }>,
): Promise<Fetched> {
  const { url, rev, path: name, settings = {} } = origin;
  const facts = (commit: string | undefined): SourceFacts => ({
    kind: "repository",
    path: name,
    url,
    rev,
    commit,
    settings,
  });
  const { project, cache, jobs, fetching } = request;
  if (fetching === "nothing") return { source: facts(undefined), hash: undefined };
  const source = {
    url,
    rev: rev === undefined ? ("head" as const) : { name: rev },
    base: project.root,
    scratch: project.tmpDir,
    jobs,
    settings: settingsOfRecord(project.root, settings),
    known: cache,
  };
  return withSource(source, name, async (opened, inside) => {
    if (fetching === "facts") return { source: facts(opened.commit), hash: undefined };
    return { source: facts(opened.commit), hash: await takeFromSource(opened, inside, { project, cache }) };
  });
}

async function fromPath(request: FetchRequest, { path: name }: { readonly path: string }): Promise<Fetched> {
  const { cache, fetching, folder } = request;
  const file = path.resolve(folder, name);
  if (fetching === "nothing") return { source: { kind: "path", path: name, hash: undefined }, hash: undefined };
  const found =
    fetching === "facts" ? await hashData(cache, file) : existsSync(file) ? await addToCache(cache, file) : undefined;
  if (found === undefined) throw refuse("DEPENDENCY_MISSING", `dependency '${name}' does not exist`);
  const { isexec: _, ...hash } = found;
  return { source: { kind: "path", path: name, hash }, hash: fetching === "facts" ? undefined : hash };
}

async function fromUrl(request: FetchRequest, { path: url }: { readonly path: string }): Promise<Fetched> {
  const { project, cache, fetching } = request;
  const nothing = { checksum: undefined, size: undefined };
  if (fetching !== "everything") {
    const facts = fetching === "facts" ? await lookAtUrl(url) : nothing;
    return { source: { kind: "url", path: url, ...facts }, hash: undefined };
  }
  return withScratch(project, async (file) => {
    const facts = await downloadUrl(url, file);
    return { source: { kind: "url", path: url, ...facts }, hash: await addToCache(cache, file) };
  });
}

async function fromBucket(request: FetchRequest, { path: url }: { readonly path: string }): Promise<Fetched> {
  const { project, cache, fetching, jobs } = request;
  if (fetching === "nothing") return { source: { kind: "bucket", path: url, facts: undefined }, hash: undefined };
  const seen = (facts: BucketFacts | undefined): SourceFacts => {
    if (facts !== undefined) return { kind: "bucket", path: url, facts };
    throw refuse("DEPENDENCY_MISSING", `dependency '${withoutCredentials(url)}' does not exist`);
  };
  if (fetching === "facts") return { source: seen(await lookInBucket(project, url)), hash: undefined };
  return withScratch(project, async (file) => {
    const source = seen(await fetchFromBucket(project, url, { into: file, jobs }));
    return { source, hash: await addToCache(unruled(cache, file), file) };
  });
}

/** Fetches into the cache. Errors: those of sources, DEPENDENCY_MISSING, URL_FAILED, URL_UNSUPPORTED, REMOTE_DENIED, REMOTE_FAILED. */
export function fetchOrigin(request: FetchRequest, origin: ImportOrigin): Promise<Fetched> {
  if (origin.kind === "repository") return fromRepository(request, origin);
  if (origin.kind === "path") return fromPath(request, origin);
  return origin.kind === "bucket" ? fromBucket(request, origin) : fromUrl(request, origin);
}

export interface DataImportRequest extends FetchRequest {
  readonly origin: ImportOrigin;
  /** Absolute: where the data goes. */
  readonly destination: string;
  /** The data goes there instead, and the destination stays as it is. */
  readonly toRemote?: RemoteDestination;
}

/** Fetches into the cache, or to a remote. Errors: those of fetchOrigin() and takenToRemote(). */
export function fetchFor(
  request: FetchRequest,
  toRemote: RemoteDestination | undefined,
  origin: ImportOrigin,
): Promise<Fetched> {
  if (toRemote === undefined) return fetchOrigin(request, origin);
  return takenToRemote(request, toRemote, {
    data: (cache) => fetchOrigin({ ...request, cache, fetching: "everything" }, origin),
    md5Of: ({ hash }) => hash?.md5,
  });
}

/** The origin as the .dvc file names it: paths from its own folder, a repository's from the project's root. */
function namedFrom({ origin, folder, project, destination }: DataImportRequest): ImportOrigin {
  if (origin.kind === "url" || origin.kind === "bucket") return origin;
  if (origin.kind === "path") {
    const isAbsolute = path.isAbsolute(origin.path);
    return isAbsolute
      ? origin
      : { ...origin, path: relativePosix(path.dirname(destination), path.resolve(folder, origin.path)) };
  }
  const here = path.resolve(folder, origin.url);
  const isHere = !isUrl(origin.url) && !path.isAbsolute(origin.url) && existsSync(here);
  return isHere ? { ...origin, url: relativePosix(project.root, here) } : origin;
}

async function checkDestination({ project, destination, folder, origin }: DataImportRequest): Promise<void> {
  const shown = path.relative(folder, destination);
  if (insideFolder(project.root, destination) === undefined)
    throw refuse("OUTSIDE_PROJECT", `Cached output(s) outside of DVC project: ${shown}.`);
  checkPlace(project.root, destination);
  const isDvcFile = (name: string) => name.endsWith(".dvc") || path.basename(name) === "dvc.yaml";
  if (isDvcFile(destination)) throw refuse("DVC_FILE_AS_DATA", `DVC file '${shown}' cannot be an output.`);
  if (isDvcFile(origin.path)) throw refuse("DVC_FILE_AS_DATA", `DVC file '${origin.path}' cannot be a dependency.`);
  const { outputs } = await loadProjectStages(project);
  const owner = outputHolding(outputs, destination) ?? outputsAt(outputs, destination)[0];
  const own = `${relativePosix(project.root, destination)}.dvc`;
  if (owner !== undefined && owner.stage.address !== own)
    throw refuse("OUTPUT_OVERLAP", `'${shown}' overlaps with an output of '${owner.stage.address}'`);
  refuseGitIgnored(project, `${destination}.dvc`);
}

/**
 * Fetches, tracks and places data. Answers the files that were written (absolute). The .dvc file comes last: who is killed
 * before has objects in the cache that `gc` takes away. Errors: those of fetchOrigin() and of places.
 */
export async function importData(request: DataImportRequest): Promise<readonly string[]> {
  const { project, cache, destination } = request;
  await checkDestination(request);
  const { source, hash } = await fetchFor(
    { ...request, folder: baseOf(request) },
    request.toRemote,
    namedFrom(request),
  );
  const ignoreFile = ignoreInGit(project, destination);
  if (hash !== undefined && request.toRemote === undefined) await checkoutData(cache, hash, destination);
  const file: ImportFile = { source, hash, name: path.basename(destination) };
  const dvcFile = `${destination}.dvc`;
  writeAtomic(dvcFile, importFileText(file));
  return [dvcFile, ...(ignoreFile === undefined ? [] : [ignoreFile])];
}

/** As importData, of a copy that does not know where it came from (`add --out`). */
export async function addFrom(request: DataImportRequest): Promise<readonly string[]> {
  const { project, cache, destination } = request;
  await checkDestination(request);
  const { hash } = await fetchFor({ ...request, fetching: "everything" }, request.toRemote, request.origin);
  if (hash === undefined) return [];
  const ignoreFile = ignoreInGit(project, destination);
  if (request.toRemote === undefined) await checkoutData(cache, hash, destination);
  const dvcFile = `${destination}.dvc`;
  writeDvcFile(dvcFile, path.basename(destination), hash);
  return [dvcFile, ...(ignoreFile === undefined ? [] : [ignoreFile])];
}

/** Names are those of the .dvc file by then. */
function baseOf({ destination }: DataImportRequest): string {
  return path.dirname(destination);
}
