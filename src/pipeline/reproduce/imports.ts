/**
 * Data that a .dvc file imports from another repository (`dvc import`): it lies there, in Git, in its cache or in a
 * remote of its, and not in a remote of ours. It is taken where its bytes have the hash that is on record.
 */
import path from "node:path";
import type { ErrorCode } from "../../base/error-codes.ts";
import { isExpected, SweeplineError } from "../../base/errors.ts";
import { statSync } from "../../base/files.ts";
import { pythonJson } from "../../base/python.ts";
import type { Value } from "../../base/value.ts";
import { type SourceCommit, withSourceCommit } from "../../git/source-commit.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import type { Project } from "../../project/project.ts";
import { isFolder } from "../../project/upwards.ts";
import { type Cache, hasData, missingObjects } from "../../store/cache.ts";
import { addToCache } from "../../store/data.ts";
import { folderRemote } from "../../store/remotes/folder.ts";
import { defaultRemoteName, openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import type { StorageRemote, TransferOptions, TransferOutcome } from "../../store/remotes/types.ts";
import { settingsOfRecord } from "../source/recorded-settings.ts";
import { withSources } from "../source/source.ts";
import { openSourceProject, type SourceSettings } from "../source/source-settings.ts";
import { takeFromSource } from "../source/take.ts";
import type { ImportSource } from "../types.ts";

/** An imported output and what is on record of it. */
export interface ImportedData {
  readonly source: ImportSource;
  readonly md5: string;
}

interface Need extends TransferOptions {
  readonly project: Project;
  readonly cache: Cache;
}

function lacking(cache: Cache, data: readonly ImportedData[]): readonly ImportedData[] {
  return data.filter(({ md5 }) => !hasData(cache, md5));
}

function remotesOf(project: Project): readonly StorageRemote[] {
  return defaultRemoteName(project) === undefined ? [] : [openRemote(project)];
}

async function pullFrom(remotes: readonly StorageRemote[], need: Need, data: readonly ImportedData[]): Promise<number> {
  let taken = 0;
  for (const remote of remotes) {
    const wanted = lacking(need.cache, data).map(({ md5 }) => md5);
    if (wanted.length === 0) return taken;
    const { transferred, failed } = await pullObjects(need.cache, remote, { jobs: need.jobs, hashes: wanted });
    const [failure] = failed;
    if (failure !== undefined) throw new SweeplineError({ code: "TRANSFER_FAILED", message: failure.message });
    taken += transferred;
  }
  return taken;
}

/** A repository on this machine has a cache, and settings that are not in Git. */
function storesHere(folder: string, settings: SourceSettings): readonly StorageRemote[] {
  if (!isFolder(path.join(folder, ".dvc"))) return [];
  const project = openSourceProject(folder, settings);
  const cache = folderRemote("cache", project.cacheDir);
  return [cache, ...remotesOf(project)];
}

/** Where the data of one commit of a repository is. */
interface Place extends SourceCommit {
  readonly settings: SourceSettings;
}

/** What Git holds there of the paths, then what the default remote of that commit has. */
async function takeFromCommit(place: Place, need: Need, data: readonly ImportedData[]): Promise<number> {
  const { project, cache } = need;
  return withSourceCommit(place, project.tmpDir, async (tree) => {
    let taken = 0;
    for (const { source: from, md5 } of lacking(cache, data)) {
      const file = path.join(tree.folder, from.path);
      const isThere = (await tree.write(from.path)) === "written" && statSync(file, { throwIfNoEntry: false });
      if (!isThere) continue;
      const found = await addToCache({ ...cache, rules: ignoreRules(tree.folder) }, file);
      if (found.md5 === md5) taken += found.nfiles ?? 1;
    }
    if (lacking(cache, data).length === 0 || (await tree.write(".dvc/config")) === "not there") return taken;
    return taken + (await pullFrom(remotesOf(openSourceProject(tree.folder, place.settings)), need, data));
  });
}

const notThere: readonly ErrorCode[] = ["FILE_MISSING", "CACHE_MISSING"];

/** A part of a folder that is tracked there, and what an output there keeps in a remote of its own: its files are asked what they say of it. */
async function takeFromFiles(place: Place, need: Need, data: readonly ImportedData[]): Promise<number> {
  const { project, cache, jobs } = need;
  const { url, commit, settings } = place;
  const rev = { name: commit };
  const request = { url, rev, base: project.root, scratch: project.tmpDir, jobs, settings, known: cache };
  return withSources(request, async (find) => {
    let taken = 0;
    for (const { source: from, md5 } of lacking(cache, data)) {
      const { source, name } = await find(from.path);
      const found = await takeFromSource(source, name, { project, cache }).catch((error) => {
        if (error instanceof SweeplineError && notThere.includes(error.code)) return undefined;
        throw error;
      });
      if (found?.md5 === md5) taken += found.nfiles ?? 1;
    }
    return taken;
  });
}

/** A path here counts from the project's root, as DVC takes it. */
function addressOf(project: Project, url: string): { readonly url: string; readonly isFolderHere: boolean } {
  const isElsewhere = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) || /^[^/]+:/.test(url);
  const here = url.startsWith("file://") ? url.slice("file://".length) : path.resolve(project.root, url);
  if (isElsewhere && !url.startsWith("file://")) return { url, isFolderHere: false };
  return { url: here, isFolderHere: isFolder(here) };
}

async function fetchGroup(
  need: Need,
  { source: { commit, ...named } }: ImportedData,
  data: readonly ImportedData[],
): Promise<number> {
  const { url, isFolderHere } = addressOf(need.project, named.url);
  const settings = settingsOfRecord(need.project.root, named.settings);
  const place: Place = { url, commit, settings };
  let taken = isFolderHere ? await pullFrom(storesHere(url, settings), need, data) : 0;
  for (const take of [takeFromCommit, takeFromFiles])
    if (lacking(need.cache, data).length > 0) taken += await take(place, need, data);
  return taken;
}

/** Brings imported data that the cache lacks; a source that can't be reached fails alone. */
export async function fetchImports(need: Need, imports: readonly ImportedData[]): Promise<TransferOutcome> {
  const groups = new Map<string, ImportedData[]>();
  for (const each of imports) {
    if (hasData(need.cache, each.md5)) continue;
    const { path: _, ...place } = each.source;
    const key = pythonJson(
      new Map<string, Value>(Object.entries({ ...place, settings: new Map(Object.entries(place.settings)) })),
    );
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const failed: { md5: string; message: string }[] = [];
  const missing: string[] = [];
  let transferred = 0;
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    try {
      transferred += await fetchGroup(need, first, group);
      missing.push(...new Set(group.flatMap(({ md5 }) => missingObjects(need.cache, md5))));
    } catch (error) {
      if (!isExpected(error)) throw error;
      failed.push({ md5: first.md5, message: error.message });
    }
  }
  return { transferred, missing, failed };
}
