/**
 * A file state that outlives the process: npm `lmdb`, below .dvc/tmp. Deleting it loses nothing. Processes and worker
 * threads use it at the same time; a killed one leaves it sound (LMDB's own promise).
 */
import path from "node:path";
import type { Database } from "lmdb";
import { beforeEffect } from "../base/effects.ts";
import { statfsSync } from "../base/files.ts";
import type { Project } from "../project/project.ts";
import { openTextDatabase } from "./database.ts";
import { type FileRecord, type FileState, memoryState } from "./state.ts";

/** Network file systems, where a memory-mapped database is not safe: statfs types of NFS, SMB, CIFS, SMB2, FUSE, AFS, 9p, Lustre. */
const networkTypes = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x5346414f, 0x01021997, 0x0bd00bd0]);

/** Whether a folder lies where no memory-mapped database may be kept. */
export function isOnNetwork(folder: string): boolean {
  return networkTypes.has(Number(statfsSync(folder).type));
}

/** LMDB refuses longer keys; a path of that length is simply not remembered. */
const longestKey = 1900;

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

/**
 * Records are written together: each transaction waits for the disk. What a killed process had not written yet is hashed
 * once more by the next.
 */
const gathered = { most: 1000, ms: 1000 } as const;

class DatabaseState implements FileState {
  /** What this process looked up or stored: a second look costs no call, and a failing database does no harm. */
  private readonly memory = memoryState();
  private database: Database<string, string> | undefined;
  private isOpened = false;
  private readonly unwritten = new Map<string, FileRecord>();
  private writtenAtMs = Date.now();
  constructor(private readonly folder: string) {}

  /** Opened at the first use, so a command that hashes nothing never loads it. Any failure means working without it. */
  private open(): Database<string, string> | undefined {
    if (this.isOpened) return this.database;
    this.isOpened = true;
    this.database = this.attempt(() => openTextDatabase(this.folder, "files.mdb"));
    return this.database;
  }

  private attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      // The state only saves time: a full disk, a foreign architecture, a broken file all mean to hash again.
      this.database = undefined;
      return undefined;
    }
  }

  get(file: string): FileRecord | undefined {
    const known = this.memory.get(file);
    if (known !== undefined || Buffer.byteLength(file) > longestKey) return known;
    const text = this.attempt(() => this.open()?.get(file));
    const record = text === undefined ? undefined : decode(text);
    if (record !== undefined) this.memory.set(file, record);
    return record;
  }

  set(file: string, record: FileRecord): void {
    this.memory.set(file, record);
    if (Buffer.byteLength(file) > longestKey) return;
    this.unwritten.set(file, record);
    if (this.unwritten.size >= gathered.most || Date.now() - this.writtenAtMs >= gathered.ms) this.write();
  }

  private write(): void {
    this.writtenAtMs = Date.now();
    this.attempt(() => {
      const database = this.unwritten.size === 0 ? undefined : this.open();
      beforeEffect("database", `${this.unwritten.size} records`);
      for (const [file, record] of this.unwritten)
        database?.put(file, encode(record)).catch(() => {
          this.database = undefined;
        });
    });
    this.unwritten.clear();
  }

  async close(): Promise<void> {
    this.write();
    const { database } = this;
    this.database = undefined;
    // A failure to store is no failure of the command.
    await database?.close().catch(() => undefined);
  }
}

/** The project's file state. Opens nothing until it is asked; close it at the end so that what was learnt is stored. */
export function projectState(project: Project): FileState {
  return databaseState(path.join(project.tmpDir, "sweepline", "state"), project.dvcDir);
}

/** A file state in `folder`; one in memory where `onFileSystemOf` lies on a network. */
export function databaseState(folder: string, onFileSystemOf: string): FileState {
  return isOnNetwork(onFileSystemOf) ? memoryState() : new DatabaseState(folder);
}
