/**
 * What commits said when they were read before, below .dvc/tmp: a commit never says anything else. Only used where there
 * are hundreds of them; deleting it loses nothing, and any failure means reading the commits again.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { readIfExists } from "../../base/files.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { DependencyState, OutputState } from "../../pipeline/reading/lock-states.ts";
import type { Project } from "../../project/project.ts";
import { type Memo, openMemo } from "../../store/memo.ts";
import type { LoadedRevision } from "./load-revisions.ts";
import type { ExperimentData, FileResult } from "./types.ts";
import type { DataFiles } from "./values.ts";

/** Raised where rows say something else than before. */
const formatVersion = 2;

interface StoredRow {
  readonly timestamp: number;
  readonly parents: readonly ObjectId[];
  readonly sweep: string | undefined;
  /** File, the key of its content, and the result. */
  readonly params: readonly (readonly [string, string, FileResult])[];
  readonly metrics: readonly (readonly [string, string, FileResult])[];
  readonly deps: readonly (readonly [string, DependencyState])[];
  readonly outs: readonly (readonly [string, OutputState])[];
}

function storedFiles(files: ReadonlyMap<string, FileResult>, reader: DataFiles): StoredRow["params"] | undefined {
  const stored = [...files].map(([file, result]) => [file, reader.keyOf(result), result] as const);
  const complete = stored.filter((item): item is readonly [string, string, FileResult] => item[1] !== undefined);
  const isSound = complete.length === stored.length && complete.every(([, , result]) => result.kind === "data");
  return isSound ? complete : undefined;
}

/** undefined where a file could not be read: it may be there tomorrow (in the cache). */
function storedRow(revision: LoadedRevision, reader: DataFiles): StoredRow | undefined {
  if (revision.data === null) return undefined;
  const { timestamp, parents, sweep, data } = revision;
  const params = storedFiles(data.params, reader);
  const metrics = storedFiles(data.metrics, reader);
  if (params === undefined || metrics === undefined) return undefined;
  return { timestamp, parents, sweep, params, metrics, deps: [...data.deps], outs: [...data.outs] };
}

function restored(row: StoredRow, reader: DataFiles): LoadedRevision {
  // Rows share most results: those that are equal become one object again.
  const files = (stored: StoredRow["params"]) =>
    new Map(stored.map(([file, key, result]) => [file, reader.share(key, result)]));
  const data: ExperimentData = {
    params: files(row.params),
    metrics: files(row.metrics),
    deps: new Map(row.deps),
    outs: new Map(row.outs),
  };
  return { timestamp: row.timestamp, parents: row.parents, sweep: row.sweep, data, error: null };
}

/** What decides, beside the commit, what a row says: the request, the project's folder, .dvcignore. */
function scopeOf(project: Project, request: string, prefix: string): string {
  const ignore = readIfExists(path.join(project.root, ".dvcignore")) ?? Buffer.alloc(0);
  return createHash("sha1")
    .update(`${formatVersion}\n${request}\n${prefix}\n`)
    .update(ignore)
    .digest("hex")
    .slice(0, 16);
}

export class RowCache {
  private constructor(
    private readonly memo: Memo,
    private readonly reader: DataFiles,
    private readonly scope: string,
  ) {}

  /** @param facts what is read: the scope of parameters, and the project's folder in the repository */
  static open(
    project: Project,
    reader: DataFiles,
    facts: { readonly request: string; readonly prefix: string },
  ): RowCache {
    const memo = openMemo(path.join(project.tmpDir, "sweepline", "state", "rows"));
    return new RowCache(memo, reader, scopeOf(project, facts.request, facts.prefix));
  }

  get(commit: ObjectId): LoadedRevision | undefined {
    const bytes = this.memo.get(`${this.scope}${commit}`);
    return bytes === undefined ? undefined : restored(deserialize(bytes) as StoredRow, this.reader);
  }

  /** Stores what was read, all at once. */
  put(revisions: ReadonlyMap<ObjectId, LoadedRevision>): void {
    for (const [commit, revision] of revisions) {
      const row = storedRow(revision, this.reader);
      if (row !== undefined) this.memo.set(`${this.scope}${commit}`, serialize(row));
    }
    this.memo.flush();
  }
}
