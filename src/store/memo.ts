/**
 * What only saves time, kept between processes: texts and bytes by key, in one file that is read whole and appended to.
 *
 * The file is a line that names its own inode, then frames; a frame is a magic word, the length of its body, the body's
 * md5, and the body: records of two lengths, a key and a value. Each process and thread appends whole frames, so that
 * they need no lock. Nothing here can end the process, and nothing is believed that we did not write on this machine:
 *
 * - a file that is no file of this format, or came by a clone or a copy (its inode is another), counts as empty;
 * - what lies behind a frame that is cut short or damaged is not read; the next write makes the file anew;
 * - a failing system call (a full disk, no descriptors, a folder in its place) means working without it.
 *
 * Made anew aside and renamed where more than half of it is superseded: what another process appends meanwhile is lost,
 * which costs that process' work once more and nothing else.
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { beforeEffect } from "../base/effects.ts";
import { isExpected } from "../base/errors.ts";
import {
  closeSync,
  fstatSync,
  largeFileBytes,
  lstatSync,
  makeFolder,
  readIfExists,
  rename,
  withAside,
} from "../base/files.ts";
import { appendTo, openAppend, openEmptied } from "../base/open-files.ts";
import { holdFor } from "../base/pause.ts";

export interface Memo {
  /** Each key once. */
  keys(): readonly string[];
  /** The value of a key; undefined where it is not known. */
  get(key: string): Buffer | undefined;
  /** Known at once to this memo, and to others after `flush`. */
  set(key: string, value: string | Uint8Array): void;
  /** Appends what was set. Never throws what the system says. */
  flush(): void;
}

const frameMagic = 0x53_57_4d_31;
const frameHead = 24;
const recordHead = 8;
/** Below that, what is superseded is not worth a new file. */
const smallBytes = 256 << 10;
/** What another process is writing just now looks cut short, for no longer than that. */
const writingMs = 5;
/** Larger, and reading it costs more than it saves. */
const largestBytes = 512 << 20;

function headerOf(inode: bigint): Buffer {
  return Buffer.from(`sweepline memo 1 ${inode}\n`);
}

function md5Of(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

function frameOf(records: ReadonlyMap<string, Uint8Array>): Buffer {
  const parts: Uint8Array[] = [];
  for (const [key, value] of records) {
    const name = Buffer.from(key);
    const head = Buffer.alloc(recordHead);
    head.writeUInt32LE(name.length, 0);
    head.writeUInt32LE(value.length, 4);
    parts.push(head, name, value);
  }
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(frameHead);
  head.writeUInt32LE(frameMagic, 0);
  head.writeUInt32LE(body.length, 4);
  md5Of(body).copy(head, 8);
  return Buffer.concat([head, body]);
}

/** Where the frame at `at` ends; undefined where there is no whole one. */
function frameEnd(bytes: Buffer, at: number): number | undefined {
  if (at + frameHead > bytes.length || bytes.readUInt32LE(at) !== frameMagic) return undefined;
  const end = at + frameHead + bytes.readUInt32LE(at + 4);
  if (end > bytes.length) return undefined;
  const isWhole = md5Of(bytes.subarray(at + frameHead, end)).equals(bytes.subarray(at + 8, at + frameHead));
  return isWhole ? end : undefined;
}

interface Content {
  readonly records: Map<string, Buffer>;
  /** What the records take in the file: less than half of it, and it is made anew. */
  readonly liveBytes: number;
  readonly fileBytes: number;
  /** Whether frames may be appended behind what is there. */
  readonly end: "sound" | "unsound";
}

const nothing = (): Content => ({ records: new Map(), liveBytes: 0, fileBytes: 0, end: "unsound" });

function enterRecords(body: Buffer, records: Map<string, Buffer>): void {
  for (let at = 0; at + recordHead <= body.length; ) {
    const keyEnd = at + recordHead + body.readUInt32LE(at);
    const end = keyEnd + body.readUInt32LE(at + 4);
    if (end > body.length) return;
    records.set(body.toString("utf8", at + recordHead, keyEnd), body.subarray(keyEnd, end));
    at = end;
  }
}

function parseContent(bytes: Buffer, inode: bigint): Content {
  const header = headerOf(inode);
  if (!bytes.subarray(0, header.length).equals(header)) return nothing();
  const records = new Map<string, Buffer>();
  let at = header.length;
  for (let end = frameEnd(bytes, at); end !== undefined; end = frameEnd(bytes, at)) {
    enterRecords(bytes.subarray(at + frameHead, end), records);
    at = end;
  }
  let liveBytes = 0;
  for (const [key, value] of records) liveBytes += recordHead + key.length + value.length;
  return { records, liveBytes, fileBytes: bytes.length, end: at === bytes.length ? "sound" : "unsound" };
}

/** The work, unless the system refuses: what only saves time may fail in nobody's way. Bugs go on up. */
function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!isExpected(error)) throw error;
    return undefined;
  }
}

/** The same bytes, as what is read from the file. */
function bytesOf(value: string | Uint8Array): Buffer {
  return typeof value === "string" ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

class MemoFile implements Memo {
  private content: Content | undefined;
  private readonly unwritten = new Map<string, Buffer>();
  constructor(private readonly file: string) {}

  /** Read at the first use, so that a command which asks nothing opens nothing. */
  private load(): Content {
    this.content ??= unlessRefused(() => this.read()) ?? nothing();
    return this.content;
  }

  private read(): Content {
    let content = this.readOnce();
    for (let more = 2; more > 0 && content.end === "unsound" && content.fileBytes > 0; more--) {
      holdFor(writingMs);
      content = this.readOnce();
    }
    return content;
  }

  private readOnce(): Content {
    // A link, which a clone may bring, would lead elsewhere: it is replaced, not followed.
    const stats = lstatSync(this.file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile() || stats.size > largestBytes) return nothing();
    const bytes = readIfExists(this.file, largeFileBytes);
    return bytes === undefined ? nothing() : parseContent(bytes, stats.ino);
  }

  keys(): readonly string[] {
    return [...new Set([...this.load().records.keys(), ...this.unwritten.keys()])];
  }

  get(key: string): Buffer | undefined {
    return this.unwritten.get(key) ?? this.load().records.get(key);
  }

  set(key: string, value: string | Uint8Array): void {
    this.unwritten.set(key, bytesOf(value));
  }

  flush(): void {
    if (this.unwritten.size === 0) return;
    const content = this.load();
    beforeEffectOf(this.file, this.unwritten.size);
    const frame = frameOf(this.unwritten);
    const fileBytes = content.fileBytes + frame.length;
    const isWorthIt = fileBytes > smallBytes && fileBytes > 2 * (content.liveBytes + frame.length);
    for (const [key, value] of this.unwritten) content.records.set(key, value);
    this.unwritten.clear();
    unlessRefused(() => {
      if (content.end === "sound" && !isWorthIt) this.append(frame);
      else this.makeAnew(content.records);
    });
    // What is superseded now is counted by the next process.
    this.content = { ...content, fileBytes, liveBytes: content.liveBytes + frame.length, end: "sound" };
  }

  private append(frame: Buffer): void {
    const handle = openAppend(this.file);
    try {
      appendTo(handle, frame);
    } finally {
      closeSync(handle);
    }
  }

  private makeAnew(records: ReadonlyMap<string, Uint8Array>): void {
    makeFolder(path.dirname(this.file));
    withAside(this.file, (aside) => {
      const handle = openEmptied(aside);
      try {
        appendTo(handle, Buffer.concat([headerOf(fstatSync(handle, { bigint: true }).ino), frameOf(records)]));
      } finally {
        closeSync(handle);
      }
      rename(aside, this.file);
    });
  }
}

function beforeEffectOf(file: string, count: number): void {
  beforeEffect("database", `${file}: ${count} records`);
}

/** A memo in `file`, whose folder is made at the first write. Opens nothing until it is asked. */
export function openMemo(file: string): Memo {
  return new MemoFile(file);
}
