/** A line with a count, for transfers that take longer than a second. On a terminal only: a log needs none. */
import { bytesText } from "../../base/size-limit.ts";
import type { TransferEvents } from "../../experiments/share/data.ts";
import { takesEscapes } from "../../report/escapes.ts";
import { durationText } from "../../report/progress/duration.ts";
import type { ByteProgress, TransferProgressState } from "../../store/remotes/types.ts";
import { type Io, warn } from "./io.ts";

const quietMs = 1_000;
const frameMs = 100;

export interface TransferProgress {
  /** For TransferOptions.progress. */
  count(state: TransferProgressState): void;
  /** Removes the line. */
  close(): void;
}

/** `, 1.5 MiB of 20 MiB, 3 MiB/s, 6s left` */
function bytesWords({ bytes, totalBytes, bytesPerSecond, secondsLeft }: ByteProgress): string {
  const left = secondsLeft === undefined ? "" : `, ${durationText(secondsLeft * 1000)} left`;
  return `, ${bytesText(bytes)} of ${bytesText(totalBytes)}, ${bytesText(Math.round(bytesPerSecond))}/s${left}`;
}

/** @param what "Uploading", "Downloading" */
export function transferProgress(io: Io, what: string): TransferProgress {
  const startedAt = Date.now();
  let drawnAt = 0;
  return {
    count({ done, total, bytes }) {
      const now = Date.now();
      if (!takesEscapes(io.stderr, io.env) || now - startedAt < quietMs || (now - drawnAt < frameMs && done < total))
        return;
      drawnAt = now;
      io.stderr.write(`\r\u001b[K${what}: ${done}/${total} files${bytes === undefined ? "" : bytesWords(bytes)}`);
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
    progress: (state) => line?.count(state),
    ended: () => line?.close(),
  };
}
