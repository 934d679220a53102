/**
 * What commits said when they were read before, below .dvc/tmp: a commit never says anything else. Only used where there
 * are hundreds of them; deleting it loses nothing, and any failure means reading the commits again.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { readIfExists } from "../../base/files.ts";
import { type Guard, isNumber, isText, listOf, optional, shaped, textLike } from "../../base/json.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { DependencyState, OutputState } from "../../pipeline/reading/lock-states.ts";
import type { Project } from "../../project/project.ts";
import { type Memo, openMemo } from "../../store/memo.ts";
import type { LoadedRevision } from "./load-revisions.ts";
import { packValue, unpackValue } from "./packed-value.ts";
import { rowsFile } from "./rows-file.ts";
import type { ExperimentData, FileResult } from "./types.ts";
import type { DataFiles } from "./values.ts";

/** Raised where rows say something else than before. */
const formatVersion = 5;

type StoredFile = readonly [string, string, Extract<FileResult, { kind: "data" }>];

interface StoredRow {
  readonly timestamp: number;
  readonly parents: readonly ObjectId[];
  readonly sweep: string | undefined;
  readonly trial: number | undefined;
  readonly stoppedAt: number | undefined;
  /** File, the key of its content, and the result. */
  readonly params: readonly StoredFile[];
  readonly metrics: readonly StoredFile[];
  readonly deps: readonly (readonly [string, DependencyState])[];
  readonly outs: readonly (readonly [string, OutputState])[];
}

const orNull =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value);

function pairOf<T>(isSecond: Guard<T>): Guard<readonly [string, T]> {
  return (value): value is readonly [string, T] =>
    Array.isArray(value) && value.length === 2 && isText(value[0]) && isSecond(value[1]);
}

/** A file as it is stored: its data are still as packValue writes them. */
type PackedFile = readonly [string, string, unknown];

const isPackedFile: Guard<PackedFile> = (value): value is PackedFile =>
  Array.isArray(value) && value.length === 3 && isText(value[0]) && isText(value[1]);

const dependencyGuards = { hash: orNull(isText), size: orNull(isNumber), nfiles: orNull(isNumber) };
const isFlag: Guard<boolean> = (value) => typeof value === "boolean";

const isPackedRow = shaped<
  Omit<StoredRow, "params" | "metrics"> & {
    params: readonly PackedFile[];
    metrics: readonly PackedFile[];
  }
>({
  timestamp: isNumber,
  parents: listOf(textLike<ObjectId>(/^[0-9a-f]{40,64}$/)),
  sweep: optional(isText),
  trial: optional(isNumber),
  stoppedAt: optional(isNumber),
  params: listOf(isPackedFile),
  metrics: listOf(isPackedFile),
  deps: listOf(pairOf(shaped<DependencyState>(dependencyGuards))),
  outs: listOf(pairOf(shaped<OutputState>({ ...dependencyGuards, useCache: isFlag, isDataSource: isFlag }))),
});

function unpackFile([file, key, packed]: PackedFile): StoredFile {
  return [file, key, { kind: "data", data: unpackValue(packed) }];
}

/** undefined for a text that is no row: the commit is read again. */
function readRow(bytes: Buffer): StoredRow | undefined {
  try {
    const row: unknown = JSON.parse(bytes.toString());
    if (!isPackedRow(row)) return undefined;
    return { ...row, params: row.params.map(unpackFile), metrics: row.metrics.map(unpackFile) };
  } catch (error) {
    // No JSON, no packed value; a nest of values without an end is a RangeError.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function packFile([file, key, result]: StoredFile): PackedFile {
  return [file, key, packValue(result.data)];
}

function writeRow(row: StoredRow): string {
  return JSON.stringify({ ...row, params: row.params.map(packFile), metrics: row.metrics.map(packFile) });
}

function storedFiles(files: ReadonlyMap<string, FileResult>, reader: DataFiles): StoredRow["params"] | undefined {
  const stored = [...files].map(([file, result]) => [file, reader.keyOf(result), result] as const);
  const complete = stored.filter((item): item is StoredFile => item[1] !== undefined && item[2].kind === "data");
  return complete.length === stored.length ? complete : undefined;
}

/** undefined where a file could not be read: it may be there tomorrow (in the cache). */
function storedRow(revision: LoadedRevision, reader: DataFiles): StoredRow | undefined {
  if (revision.data === null) return undefined;
  const { timestamp, parents, sweep, trial, stoppedAt, data } = revision;
  const params = storedFiles(data.params, reader);
  const metrics = storedFiles(data.metrics, reader);
  if (params === undefined || metrics === undefined) return undefined;
  return { timestamp, parents, sweep, trial, stoppedAt, params, metrics, deps: [...data.deps], outs: [...data.outs] };
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
  const { timestamp, parents, sweep, trial, stoppedAt } = row;
  return { timestamp, parents, sweep, trial, stoppedAt, data, error: null };
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
    const memo = openMemo(rowsFile(project));
    return new RowCache(memo, reader, scopeOf(project, facts.request, facts.prefix));
  }

  /** Reads the file now instead of at the first question. */
  readAhead(): void {
    this.memo.get("");
  }

  get(commit: ObjectId): LoadedRevision | undefined {
    const bytes = this.memo.get(`${this.scope}${commit}`);
    const row = bytes === undefined ? undefined : readRow(bytes);
    return row === undefined ? undefined : restored(row, this.reader);
  }

  /** Stores what was read, all at once. */
  put(revisions: ReadonlyMap<ObjectId, LoadedRevision>): void {
    for (const [commit, revision] of revisions) {
      const row = storedRow(revision, this.reader);
      if (row !== undefined) this.memo.set(`${this.scope}${commit}`, writeRow(row));
    }
    this.memo.flush();
  }
}
