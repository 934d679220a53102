/** A line with a count, for transfers that take longer than a second. On a terminal only: a log needs none. */
import type { TransferEvents } from "../../experiments/share/data.ts";
import { takesEscapes } from "../../report/escapes.ts";
import { type Io, warn } from "./io.ts";

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

/** Transfers that are shown as a count, and their warnings. */
export function transferEvents(io: Io): TransferEvents {
  let line: TransferProgress | undefined;
  return {
    warn: (message) => warn(io, message),
    started: (way) => {
      line = transferProgress(io, way);
    },
    progress: (done, total) => line?.count(done, total),
    ended: () => line?.close(),
  };
}
