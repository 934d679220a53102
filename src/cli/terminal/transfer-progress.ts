/** A line with a count, for transfers that take longer than a second. On a terminal only: a log needs none. */
import { takesEscapes } from "../../report/escapes.ts";
import type { Io } from "./io.ts";

const quietMs = 1_000;
const frameMs = 100;

export interface TransferProgress {
  /** For TransferOptions.progress. */
  count(done: number, total: number): void;
  /** Removes the line. */
  close(): void;
}

/** @param what "Uploading", "Downloading" */
export function transferProgress(io: Io, what: string): TransferProgress {
  const startedAt = Date.now();
  let drawnAt = 0;
  return {
    count(done, total) {
      const now = Date.now();
      if (!takesEscapes(io.stderr, io.env) || now - startedAt < quietMs || (now - drawnAt < frameMs && done < total))
        return;
      drawnAt = now;
      io.stderr.write(`\r\u001b[K${what}: ${done}/${total} files`);
    },
    close() {
      if (drawnAt > 0) io.stderr.write("\r\u001b[K");
    },
  };
}
