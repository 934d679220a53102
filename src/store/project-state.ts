/**
 * A file state that outlives the process, below .dvc/tmp. Deleting it loses nothing. Processes and worker threads use it
 * at the same time.
 */
import path from "node:path";
import type { Project } from "../project/project.ts";
import { type Memo, openMemo } from "./memo.ts";
import { type FileRecord, type FileState, type KeptTexts, memoryState, type PlacedPaths } from "./state.ts";

function encode(record: FileRecord): string {
  return `${record.inode} ${record.mtimeNs} ${record.size} ${record.md5} ${record.hashedAtMs}`;
}

const recordPattern = /^(\d+) (-?\d+) (\d+) ([0-9a-f]{32}) (\d+(?:\.\d+)?)$/;

function decode(text: string): FileRecord | undefined {
  const match = recordPattern.exec(text);
  if (match === null) return undefined;
  const [, inode = "", mtimeNs = "", size = "", md5 = "", hashedAtMs = ""] = match;
  return { inode: BigInt(inode), mtimeNs: BigInt(mtimeNs), size: BigInt(size), md5, hashedAtMs: Number(hashedAtMs) };
}

/** Records are written together. What a killed process had not written yet is hashed once more by the next. */
const gathered = { most: 1000, ms: 1000 } as const;

/** A command that looks at one folder of a project of a million files reads a small part of what is kept. */
const shards = 64;

/** Files of one folder lie in one shard. */
function shardOf(file: string): number {
  const folder = path.dirname(file);
  let hash = 0;
  for (let index = 0; index < folder.length; index++) hash = (Math.imul(hash, 31) + folder.charCodeAt(index)) | 0;
  return (hash >>> 0) % shards;
}

/** What is forgotten stays as an empty text until the file is made anew. */
class KeptPaths implements PlacedPaths {
  private changes = 0;
  constructor(private readonly memo: Memo) {}

  paths(): readonly string[] {
    return this.memo.keys().filter((name) => this.get(name) !== undefined);
  }

  get(name: string): string | undefined {
    return this.memo.get(name)?.toString("latin1") || undefined;
  }

  set(name: string, record: string): void {
    if (this.get(name) === record) return;
    this.memo.set(name, record);
    this.changes += 1;
    if (this.changes % gathered.most === 0) this.memo.flush();
  }

  forget(name: string): void {
    if (this.get(name) !== undefined) this.memo.set(name, "");
  }
}

function keptTexts(memo: Memo): KeptTexts {
  return {
    get: (name) => memo.get(name)?.toString("latin1"),
    set: (name, text) => memo.set(name, text),
  };
}

class KeptState implements FileState {
  /** What this process looked up or stored: a second look costs no decoding. */
  private readonly memory = memoryState();
  private readonly memos = new Map<number, Memo>();
  private unwritten = 0;
  private writtenAtMs = Date.now();
  private readonly placedMemo: Memo;
  readonly placed: PlacedPaths;
  private readonly digestsMemo: Memo;
  readonly digests: KeptTexts;
  constructor(private readonly folder: string) {
    this.placedMemo = openMemo(path.join(folder, "placed"));
    this.placed = new KeptPaths(this.placedMemo);
    this.digestsMemo = openMemo(path.join(folder, "digests"));
    this.digests = keptTexts(this.digestsMemo);
  }

  private memoOf(file: string): Memo {
    const shard = shardOf(file);
    const known = this.memos.get(shard);
    if (known !== undefined) return known;
    const memo = openMemo(path.join(this.folder, `files-${shard.toString(16).padStart(2, "0")}`));
    this.memos.set(shard, memo);
    return memo;
  }

  get(file: string): FileRecord | undefined {
    const known = this.memory.get(file);
    if (known !== undefined) return known;
    const text = this.memoOf(file).get(file)?.toString("latin1");
    const record = text === undefined ? undefined : decode(text);
    if (record !== undefined) this.memory.set(file, record);
    return record;
  }

  set(file: string, record: FileRecord): void {
    this.memory.set(file, record);
    this.memoOf(file).set(file, encode(record));
    this.unwritten += 1;
    if (this.unwritten >= gathered.most || Date.now() - this.writtenAtMs >= gathered.ms) this.write();
  }

  private write(): void {
    this.writtenAtMs = Date.now();
    this.unwritten = 0;
    for (const memo of this.memos.values()) memo.flush();
    this.placedMemo.flush();
    this.digestsMemo.flush();
  }

  close(): void {
    this.write();
  }
}

/** The project's file state. Opens nothing until it is asked; close it at the end so that what was learnt is stored. */
export function projectState(project: Project): FileState {
  return keptState(path.join(project.tmpDir, "sweepline", "state"));
}

/** A file state in `folder`, which is made when something is stored. */
export function keptState(folder: string): FileState {
  return new KeptState(folder);
}
