/**
 * Hashes as DVC 2 took them ("md5-dos2unix"): of text with CRLF turned into LF. Lock entries and .dvc files without
 * `hash: md5` carry such, and compare with these only. Nothing new is written this way.
 */
import { createHash } from "node:crypto";
import { piecesOf } from "../base/file-chunks.ts";
import { statSync } from "../base/files.ts";
import type { Cache } from "./cache.ts";
import { collectFolder, oneByOne } from "./data.ts";
import type { DataHash } from "./hash.ts";

/** DVC reads and judges a file in pieces of this size. */
const pieceSize = 1 << 20;
const judgedBytes = 512;

function isTextByte(byte: number): boolean {
  return (byte >= 32 && byte < 127) || byte === 8 || byte === 9 || byte === 10 || byte === 12 || byte === 13;
}

/** DVC's guess: no NUL, and at most 30 % of the first bytes are unusual. */
function isText(piece: Buffer): boolean {
  const block = piece.subarray(0, judgedBytes);
  if (block.includes(0)) return false;
  const unusual = block.reduce((count, byte) => count + (isTextByte(byte) ? 0 : 1), 0);
  return unusual <= block.length * 0.3;
}

function withoutCarriageReturns(piece: Buffer): Buffer {
  return Buffer.from(piece.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}

async function hashLegacyFile(file: string): Promise<string> {
  const hash = createHash("md5");
  let piece = Buffer.alloc(0);
  const update = () => hash.update(isText(piece) ? withoutCarriageReturns(piece) : piece);
  for await (const bytes of piecesOf(file, pieceSize)) {
    const missing = pieceSize - piece.length;
    piece = Buffer.concat([piece, bytes.subarray(0, missing)]);
    if (piece.length < pieceSize) continue;
    update();
    piece = Buffer.from(bytes.subarray(missing));
  }
  update();
  return hash.digest("hex");
}

/** What DVC 2 would say of a path; undefined where nothing is. Always reads: no state is kept for old hashes. */
export async function hashLegacyData(cache: Cache, target: string): Promise<DataHash | undefined> {
  const stats = statSync(target, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const hasher = oneByOne((_cache, file) => hashLegacyFile(file));
  if (stats.isDirectory()) return (await collectFolder(cache, target, { hasher })).hash;
  const isExecutable = (Number(stats.mode) & 0o111) !== 0;
  return { md5: await hashLegacyFile(target), size: Number(stats.size), ...(isExecutable ? { isexec: true } : {}) };
}
