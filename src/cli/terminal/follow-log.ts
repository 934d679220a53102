/** Prints a log while it grows, safe for a terminal: for `exp run --temp`, which shows its run, and `exp logs -f`. */

import { closeSync, existsSync, fstatSync, notAFile, readSync } from "../../base/files.ts";
import { openRead } from "../../base/open-files.ts";
import { pause } from "../../base/pause.ts";
import { LogText } from "../../base/text/log-text.ts";
import type { Io } from "./io.ts";

const pollMs = 50;
const blockBytes = 64 * 1024;
/** Reads a file from where it stopped the last time. */
class LogReader {
  private handle: number | undefined;
  private at = 0;
  private readonly shown = new LogText();

  constructor(private readonly file: string) {}

  /** Prints all that is new; waits where the reader of our output is slow. Throws NOT_A_FILE for what can't be a log. */
  async printNew(io: Io): Promise<void> {
    if (this.handle === undefined) {
      if (!existsSync(this.file)) return;
      this.handle = openRead(this.file);
    }
    const stats = fstatSync(this.handle);
    if (!stats.isFile()) throw notAFile(this.file, stats.isDirectory() ? "a folder" : undefined);
    const buffer = Buffer.alloc(blockBytes);
    // A log that became too large is cut in the middle: what is left of it was printed.
    this.at = Math.min(this.at, stats.size);
    while (this.at < fstatSync(this.handle).size) {
      const read = readSync(this.handle, buffer, 0, buffer.length, this.at);
      if (read === 0) return;
      this.at += read;
      if (!io.stdout.write(this.shown.next(buffer.subarray(0, read))))
        await new Promise<void>((resolve) => io.stdout.once("drain", resolve));
    }
  }

  /** Prints what waited for more of itself. */
  printRest(io: Io): void {
    io.stdout.write(this.shown.end());
  }

  close(): void {
    if (this.handle !== undefined) closeSync(this.handle);
  }
}

/** Prints the log until `ended` answers true, then what is left of it. */
export async function followLog(io: Io, file: string, ended: () => boolean): Promise<void> {
  const reader = new LogReader(file);
  try {
    while (!ended()) {
      await reader.printNew(io);
      await pause(pollMs);
    }
    await reader.printNew(io);
    reader.printRest(io);
  } finally {
    reader.close();
  }
}

/** Does the work and prints the log of its run meanwhile. */
export async function followWhile<T>(io: Io, log: string, work: () => Promise<T>): Promise<T> {
  let ended = false;
  const result = work().finally(() => {
    ended = true;
  });
  const [outcome] = await Promise.all([result, followLog(io, log, () => ended)]);
  return outcome;
}
