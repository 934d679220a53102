/**
 * The file of `exp bundle`: a tar of plain files, one Git bundle and objects of the cache under the keys that they have in a storage
 * remote, so that what moves data to and from remotes moves it here too. `tar -tf` lists it. Nothing of tar beside names and sizes
 * is written, and nothing else is read: no links, folders, owners or long names.
 */

import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { withChunks } from "../../base/file-chunks.ts";
import { closeSync, fstatSync, makeFolder, notAFile, readSync } from "../../base/files.ts";
import { appendTo, openAppend, openRead } from "../../base/open-files.ts";
import { Sequence } from "../../base/promises.ts";
import { isMeantBy } from "../../store/remotes/keys.ts";
import { eachTold } from "../../store/remotes/parallel.ts";
import type { StorageRemote } from "../../store/remotes/types.ts";

/** Where the commits and refs are. */
export const gitPart = "experiments.bundle";

/** Objects in the layouts of DVC 3 and DVC 2, and nothing that could be a path elsewhere. */
const partPattern = /^(?:experiments\.bundle|(?:files\/md5\/)?[0-9a-f]{2}\/[0-9a-f]{30}(?:\.dir)?)$/;

const blockBytes = 512;
const pieceBytes = 1 << 20;

function invalid(problem: string): SweeplineError {
  return new SweeplineError({
    code: "BUNDLE_INVALID",
    message: `it is no file of \`exp bundle\`: ${problem}`,
    hint: "Nothing was taken from it.",
  });
}

/** The octal digits of ustar hold 8 GiB; beyond that the number itself, as GNU tar writes it. */
function sizeField(size: number): Buffer {
  const digits = size.toString(8);
  if (digits.length <= 11) return Buffer.from(`${digits.padStart(11, "0")}\0`);
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt(size), 4);
  field[0] = 0x80;
  return field;
}

function checksum(header: Buffer): number {
  // Its own field counts as blanks.
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0);
  header.write(`0000644\0${"0000000\0".repeat(2)}`, 100);
  sizeField(size).copy(header, 124);
  header.write("00000000000\0", 136);
  header.write("0ustar\0" + "00", 156);
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

const padding = (size: number) => (blockBytes - (size % blockBytes)) % blockBytes;

/** Writes an archive into an open file; parts come one after the other, however many ask at once. */
export class ArchiveWriter {
  readonly #writing = new Sequence();
  readonly #names = new Set<string>();

  constructor(private readonly handle: number) {}

  add(name: string, file: string): Promise<void> {
    return this.#writing.add(() => this.#write(name, file));
  }

  end(): void {
    appendTo(this.handle, Buffer.alloc(2 * blockBytes));
  }

  /** What pushes data takes it for: a place that has nothing yet. */
  remote(): StorageRemote {
    const none = async () => undefined;
    return {
      name: "bundle",
      place: "the bundle",
      isThere: async () => true,
      list: async (pattern) => [...this.#names].filter((name) => isMeantBy(pattern, name)),
      existing: async (keys) =>
        new Map(keys.flatMap((key) => (this.#names.has(key) ? [[key, undefined] as const] : []))),
      sizes: async () => new Map(),
      upload: (files, tasks) =>
        eachTold(files, tasks, { keyOf: ({ key }) => key, work: ({ file, key }) => this.add(key, file) }),
      download: none as never,
      remove: none,
    };
  }

  async #write(name: string, file: string): Promise<void> {
    if (!partPattern.test(name)) throw new TypeError(`no part of an archive: ${name}`);
    if (this.#names.has(name)) return;
    await withChunks(file, async ({ size, chunks }) => {
      appendTo(this.handle, headerOf(name, size));
      for (const chunk of chunks()) appendTo(this.handle, chunk);
      appendTo(this.handle, Buffer.alloc(padding(size)));
    });
    this.#names.add(name);
  }
}

interface Part {
  readonly start: number;
  readonly size: number;
}

function partSize(header: Buffer): number {
  if (header[124] === 0x80) return Number(header.readBigUInt64BE(128));
  const digits = /^ *([0-7]{1,12})[ \0]*$/.exec(header.toString("latin1", 124, 136))?.[1];
  return digits === undefined ? Number.NaN : Number.parseInt(digits, 8);
}

/** An archive that came from anywhere: its parts are looked up before one of them is used. */
export class ArchiveReader {
  private constructor(
    private readonly handle: number,
    private readonly parts: ReadonlyMap<string, Part>,
  ) {}

  /** Errors: BUNDLE_INVALID, NOT_A_FILE for what can't be looked through before it is used. */
  static open(file: string): ArchiveReader {
    const handle = openRead(file);
    try {
      const stats = fstatSync(handle);
      if (!stats.isFile() && !stats.isDirectory()) throw notAFile(file);
      return new ArchiveReader(handle, partsOf(handle));
    } catch (error) {
      closeSync(handle);
      throw error;
    }
  }

  close(): void {
    closeSync(this.handle);
  }

  #sizes(keys: readonly string[]): ReadonlyMap<string, number> {
    const sized = keys.map((key) => [key, this.parts.get(key)?.size] as const);
    return new Map(sized.flatMap(([key, size]) => (size === undefined ? [] : [[key, size] as const])));
  }

  /** Writes a part to a path where nothing is. */
  extract(name: string, file: string): void {
    const part = this.parts.get(name);
    if (part === undefined)
      throw new SweeplineError({ code: "REMOTE_FILE_MISSING", message: `'${name}' is not in the bundle` });
    const into = openAppend(file);
    try {
      const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, part.size));
      for (let at = 0; at < part.size; ) {
        const read = readSync(this.handle, buffer, 0, Math.min(buffer.length, part.size - at), part.start + at);
        if (read === 0) throw invalid("it became shorter while it was read");
        appendTo(into, buffer.subarray(0, read));
        at += read;
      }
    } finally {
      closeSync(into);
    }
  }

  remote(): StorageRemote {
    return {
      name: "bundle",
      place: "the bundle",
      isThere: async () => true,
      list: async (pattern) => [...this.parts.keys()].filter((name) => isMeantBy(pattern, name)),
      existing: async (keys) => this.#sizes(keys),
      sizes: async (keys) => this.#sizes(keys),
      upload: async () => undefined,
      download: (keys, tasks) =>
        eachTold(keys, tasks, {
          keyOf: (key) => key,
          work: async (key) => {
            const file = path.join(tasks.into, key);
            makeFolder(path.dirname(file));
            this.extract(key, file);
          },
        }),
      remove: async () => undefined,
    };
  }
}

function noTar(start: Buffer): string {
  const isPacked = ["1f8b", "425a68", "28b52ffd", "fd377a585a00", "504b0304"].some((magic) =>
    start.toString("hex").startsWith(magic),
  );
  return isPacked ? "it is compressed (unpack it first)" : "it is no tar";
}

function partsOf(handle: number): ReadonlyMap<string, Part> {
  const { size: whole } = fstatSync(handle);
  const parts = new Map<string, Part>();
  const header = Buffer.alloc(blockBytes);
  for (let at = 0; ; ) {
    if (readSync(handle, header, 0, blockBytes, at) < blockBytes) throw invalid("it is cut off");
    if (header.every((byte) => byte === 0)) break;
    const name = header.toString("latin1", 0, 100).replace(/\0.*$/s, "");
    const kind = header[156];
    const size = partSize(header);
    const sum = Number.parseInt(header.toString("latin1", 148, 154), 8);
    if (at === 0 && sum !== checksum(header)) throw invalid(noTar(header));
    if (sum !== checksum(header) || (kind !== 0x30 && kind !== 0) || header[345] !== 0)
      throw invalid("a part is no plain file");
    if (!partPattern.test(name) || parts.has(name)) throw invalid("it has a part of another name, or one twice");
    const start = at + blockBytes;
    if (!Number.isSafeInteger(size) || start + size > whole) throw invalid("it is cut off");
    parts.set(name, { start, size });
    at = start + size + padding(size);
  }
  if (!parts.has(gitPart)) throw invalid("it has no commits");
  return parts;
}
