/** The face of progress: `run` emits into it, a command closes it. */
import type { RunEvent } from "../../experiments/events.ts";

export interface Progress {
  /** Never throws and never waits. */
  emit(event: RunEvent): void;
  /** Draws what is left, restores the terminal, and returns when everything is handed over. */
  close(): Promise<void>;
}

export interface ProgressStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Returns when all that was written so far has left the process. */
export function handOver(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // The error is told by the stream's own `error` event.
    stream.write("", () => resolve());
  });
}
