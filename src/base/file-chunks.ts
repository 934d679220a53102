/** Files of any size, a piece at a time. */
import { SweeplineError } from "./errors.ts";
import { closeSync, fstatSync, readSync } from "./files.ts";
import { openRead } from "./open-files.ts";

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
