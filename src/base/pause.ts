import { setTimeout } from "node:timers/promises";

/** Waits so many milliseconds, or until the signal is aborted if that comes first. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (!signal?.aborted || !(error instanceof Error) || error.name !== "AbortError") throw error;
  });
}

/** As pause(), holding the whole thread: for the few milliseconds that another process needs. */
export function holdFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
