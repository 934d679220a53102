/** Files of any size, a piece at a time. */
import { SweeplineError } from "./errors.ts";
import { closeSync, createReadStream, fstatSync, notAFile, readSync, statSync } from "./files.ts";
import { isMadeBySystem, openRead } from "./open-files.ts";
import { fileSizeLimit, tooLarge } from "./size-limit.ts";

const chunkBytes = 1 << 20;

export interface ChunkedFile {
  /** When it was opened; that many bytes are read. */
  readonly size: number;
  /** Each piece is overwritten by the next. Throws FILE_REFUSED where the file became shorter meanwhile. */
  chunks(): Generator<Buffer>;
}

/** Opens a file, and closes it when the work is done. */
export async function withChunks<T>(file: string, work: (opened: ChunkedFile) => Promise<T>): Promise<T> {
  const handle = openRead(file);
  try {
    const { size } = fstatSync(handle);
    return await work({ size, chunks: () => chunksOf({ handle, size, file }) });
  } finally {
    closeSync(handle);
  }
}

function* chunksOf({ handle, size, file }: { handle: number; size: number; file: string }): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size));
  for (let at = 0; at < size; ) {
    const read = readSync(handle, buffer, 0, Math.min(buffer.length, size - at), at);
    if (read === 0)
      throw new SweeplineError({ code: "FILE_REFUSED", message: `'${file}' became shorter while it was read` });
    at += read;
    yield buffer.subarray(0, read);
  }
}

/** Refuses a file of /proc or /sys that claims a size: it may be that of all memory. Throws NOT_A_FILE. */
export function refuseSystemsFile(file: string): void {
  if (isMadeBySystem(file)) throw notAFile(file, "one that the system makes while it is read");
}

/**
 * The bytes of a file to its end, in pieces of that size. A file that the system makes while it is read may have none: NOT_A_FILE,
 * FILE_TOO_LARGE for one that goes on beyond its size by more than what is read of a file without one.
 */
export async function* piecesOf(file: string, pieceBytes: number): AsyncGenerator<Buffer> {
  const { size } = statSync(file);
  if (size > 0) refuseSystemsFile(file);
  const most = size + fileSizeLimit();
  let read = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: pieceBytes })) {
    const bytes: Buffer = chunk;
    read += bytes.length;
    if (read > most) throw tooLarge(file, read, most);
    yield bytes;
  }
}
