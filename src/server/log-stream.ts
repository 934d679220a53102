/** The end of a log, and what comes to it, as events. */
import type { ServerResponse } from "node:http";
import path from "node:path";
import { isSystemError } from "../base/errors.ts";
import { closeSync, fstatSync, readSync } from "../base/files.ts";
import { openRead } from "../base/open-files.ts";
import { LogText } from "../base/text/log-text.ts";
import { FolderWatch } from "../base/watch/folder-watch.ts";
import type { LogPiece } from "../report/page/live-contract.ts";
import { eventHeaders, eventText } from "./event-stream.ts";

/** Of what is there already, so much is shown. */
const tailBytes = 64 * 1024;
/** Where no watch tells of what is new. */
const lookAnywayMs = 2_000;
/** Who reads slower gets the rest later. */
const mostUnsent = 1 << 20;

class LogStream {
  #at = -1;
  #text = new LogText();

  constructor(
    private readonly file: string,
    private readonly response: ServerResponse,
  ) {}

  /** Sends what is new. A log that is not there yet has nothing. */
  send(): void {
    try {
      while (this.response.writableLength < mostUnsent && this.#sendFrom(openRead(this.file)) === "more");
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  /** One piece, and whether there is another one. */
  #sendFrom(handle: number): "more" | "all" {
    try {
      const { size } = fstatSync(handle);
      // It was cut, or is of a new run.
      const isNew = this.#at < 0 || size < this.#at;
      if (isNew) {
        this.#at = Math.max(0, size - tailBytes);
        this.#text = new LogText();
      }
      const buffer = Buffer.alloc(Math.min(size - this.#at, tailBytes));
      const length = readSync(handle, buffer, 0, buffer.length, this.#at);
      this.#at += length;
      if (length === 0 && !isNew) return "all";
      const piece: LogPiece = { text: this.#text.next(buffer.subarray(0, length)), place: isNew ? "start" : "next" };
      this.response.write(eventText("log", piece));
      return this.#at < size && length > 0 ? "more" : "all";
    } finally {
      closeSync(handle);
    }
  }
}

/** Answers with events until the reader goes. @param file the log of a run of ours */
export function streamLog(file: string, response: ServerResponse): void {
  response.writeHead(200, eventHeaders);
  const stream = new LogStream(file, response);
  const watch = new FolderWatch(() => stream.send());
  watch.set(new Set([path.dirname(file)]));
  const timer = setInterval(() => stream.send(), lookAnywayMs).unref();
  response.once("close", () => {
    watch.close();
    clearInterval(timer);
  });
  stream.send();
}
