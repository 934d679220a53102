/** Reads what tasks tell, as it grows. */
import { unlessSystemFails } from "../../base/errors.ts";
import { closeSync, lstatIfExists, readSync } from "../../base/files.ts";
import { openRead } from "../../base/open-files.ts";
import { eventFrom } from "../../experiments/event-json.ts";
import type { RunEvent } from "../../experiments/events.ts";

/** At one look; the rest comes with the next. */
const mostBytes = 4 << 20;

export class EventFile {
  private offset = 0;
  /** The start of a line whose end is still to come. */
  private rest = Buffer.alloc(0);

  constructor(private readonly file: string) {}

  /** What has come since the last time; a file that is not there yet, or not any more, tells nothing. */
  read(): readonly RunEvent[] {
    const size = lstatIfExists(this.file)?.size ?? 0;
    if (size <= this.offset) return [];
    const bytes = unlessSystemFails(Buffer.alloc(0), () => this.bytes(Math.min(mostBytes, size - this.offset)));
    this.offset += bytes.length;
    const whole = Buffer.concat([this.rest, bytes]);
    const end = whole.lastIndexOf(0x0a) + 1;
    this.rest = whole.subarray(end);
    const lines = whole.subarray(0, end).toString().split("\n");
    return lines.flatMap((line) => (line === "" ? [] : (eventFrom(line) ?? [])));
  }

  private bytes(count: number): Buffer {
    const handle = openRead(this.file);
    try {
      const buffer = Buffer.alloc(count);
      return buffer.subarray(0, readSync(handle, buffer, 0, count, this.offset));
    } finally {
      closeSync(handle);
    }
  }
}
