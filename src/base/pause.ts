import { setTimeout } from "node:timers/promises";

/** Waits so many milliseconds, or until the signal is aborted if that comes first. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (!signal?.aborted || !(error instanceof Error) || error.name !== "AbortError") throw error;
  });
}
