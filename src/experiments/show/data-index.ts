/** Tracked data at a place, a commit or the workspace: outputs by path, and what is in those that are folders. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { isUrl, pathKey } from "../../pipeline/paths.ts";
import { loadProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { ProjectReading } from "../../pipeline/reading/read-project.ts";
import type { Project } from "../../project/project.ts";
import { type Cache, soundTree } from "../../store/cache.ts";
import { hashEntries } from "../../store/data.ts";
import { isTreeHash } from "../../store/tree.ts";
import { openReading, openTrees } from "../reading/load-revisions.ts";
import type { ExperimentsContext } from "../repository.ts";

export interface IndexedData {
  readonly md5: string;
  /** Of a folder: hash by path inside it; undefined where its list is not to be had, and for files. */
  readonly files: ReadonlyMap<string, string> | undefined;
}

/** By path relative to the project's root. */
export type DataIndex = ReadonlyMap<string, IndexedData>;

function filesOf(cache: Cache, md5: string): ReadonlyMap<string, string> | undefined {
  const entries = isTreeHash(md5) ? soundTree(cache, md5) : undefined;
  return entries && new Map(entries.map((entry) => [entry.relpath, entry.md5]));
}

/** What lock files and .dvc files record. */
export function recordedIndex(reading: Pick<ProjectReading, "recorded">, cache: Cache): DataIndex {
  return new Map(reading.recorded.cached.map(([file, md5]) => [file, { md5, files: filesOf(cache, md5) }]));
}

/** What lies in the workspace at the paths of outputs that the cache keeps. Reads what is not known to be unchanged. */
export async function workspaceIndex(project: Project, cache: Cache): Promise<DataIndex> {
  const { stages } = await loadProjectStages(project);
  const index = new Map<string, IndexedData>();
  for (const { workingFolder, outs } of stages)
    for (const output of outs.filter((each) => each.cache && !isUrl(each.path))) {
      const file = path.resolve(workingFolder, output.path);
      const now = await hashEntries(cache, file);
      if (now === undefined) continue;
      const files = now.entries && new Map(now.entries.map((entry) => [entry.relpath, entry.md5]));
      index.set(pathKey(project.root, file), { md5: now.md5, files });
    }
  return index;
}

/** What a commit records. Errors: those of its pipeline files. */
export async function commitIndex(context: ExperimentsContext, commit: ObjectId, cache: Cache): Promise<DataIndex> {
  const reading = await openReading(context, { kind: "tracked", params: "dependencies" });
  try {
    const [object] = await reading.objects.readAll([commit]);
    if (object?.type !== "commit") return new Map();
    const { tree } = parseCommit(object.content);
    const opened = (await openTrees([tree], reading)).get(tree);
    if (opened instanceof SweeplineError) throw opened;
    return opened === undefined ? new Map() : recordedIndex(opened.reading, cache);
  } finally {
    reading.close();
  }
}
