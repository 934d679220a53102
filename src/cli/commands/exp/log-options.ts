import type { UnstartedEntry } from "../../../experiments/queue/started-run.ts";
import type { Io } from "../../terminal/io.ts";

export interface LogOptions {
  readonly follow?: boolean;
}

/** Whoever follows waits for a log that is not there yet. */
export function unstartedEntry(io: Io, { follow }: LogOptions): UnstartedEntry {
  return follow ? { waits: (message) => io.stderr.write(`${message}\n`) } : "refuse";
}
