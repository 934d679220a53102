/**
 * Data that a .dvc file imports from another repository (`dvc import`): it lies there, in Git, in its cache or in its default
 * remote, and not in a remote of ours. It is taken where its bytes have the hash that is on record.
 */
import path from "node:path";
import { isExpected, SweeplineError } from "../../base/errors.ts";
import { statSync } from "../../base/files.ts";
import { type SourceCommit, withSourceCommit } from "../../git/source-commit.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import { openProject } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import { isFolder } from "../../project/upwards.ts";
import { type Cache, hasData, missingObjects } from "../../store/cache.ts";
import { addToCache } from "../../store/data.ts";
import { folderRemote } from "../../store/remotes/folder.ts";
import { defaultRemoteName, openRemote } from "../../store/remotes/open.ts";
import { pullObjects } from "../../store/remotes/pull-objects.ts";
import type { StorageRemote, TransferOptions, TransferOutcome } from "../../store/remotes/types.ts";
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
function storesHere(folder: string): readonly StorageRemote[] {
  if (!isFolder(path.join(folder, ".dvc"))) return [];
  const project = openProject(folder);
  const cache = folderRemote("cache", project.cacheDir);
  return [cache, ...remotesOf(project)];
}

/** What Git holds there of the paths, then what the default remote of that commit has. */
async function takeFromCommit(source: SourceCommit, need: Need, data: readonly ImportedData[]): Promise<number> {
  const { project, cache } = need;
  return withSourceCommit(source, project.tmpDir, async (tree) => {
    let taken = 0;
    for (const { source: from, md5 } of lacking(cache, data)) {
      const file = path.join(tree.folder, from.path);
      const isThere = (await tree.write(from.path)) === "written" && statSync(file, { throwIfNoEntry: false });
      if (!isThere) continue;
      const found = await addToCache({ ...cache, rules: ignoreRules(tree.folder) }, file);
      if (found.md5 === md5) taken += found.nfiles ?? 1;
    }
    if (lacking(cache, data).length === 0 || (await tree.write(".dvc/config")) === "not there") return taken;
    return taken + (await pullFrom(remotesOf(openProject(tree.folder)), need, data));
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
  const taken = isFolderHere ? await pullFrom(storesHere(url), need, data) : 0;
  return lacking(need.cache, data).length === 0 ? taken : taken + (await takeFromCommit({ url, commit }, need, data));
}

/** Brings imported data that the cache lacks; a source that can't be reached fails alone. */
export async function fetchImports(need: Need, imports: readonly ImportedData[]): Promise<TransferOutcome> {
  const groups = new Map<string, ImportedData[]>();
  for (const each of imports) {
    if (hasData(need.cache, each.md5)) continue;
    const key = `${each.source.commit} ${each.source.url}`;
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
