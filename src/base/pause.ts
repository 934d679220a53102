import { setTimeout } from "node:timers/promises";

/** Waits so many milliseconds, or until the signal is aborted if that comes first. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  // The only way to fail is to be aborted.
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
