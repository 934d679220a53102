/** What a job is told from outside, and what it says. */
import type { JobSurroundings } from "../../../src/ci/job/job.ts";

export function surroundings(): { readonly of: JobSurroundings; readonly warnings: string[]; readonly told: string[] } {
  const warnings: string[] = [];
  const told: string[] = [];
  const events = {
    warn: (message: string) => void warnings.push(message),
    started: (way: string) => void told.push(way),
    progress: () => undefined,
    ended: () => void told.push("ended"),
    missing: ({ missing }: { readonly missing: readonly string[] }) => void told.push(`missing ${missing.length}`),
    failed: (name: string, endOfLog: string) => void told.push(`failed ${name}: ${endOfLog.trimEnd()}`),
    running: (): never => {
      throw new Error("no point was to run");
    },
  };
  const stop = { signal: new AbortController().signal, during: <T>(work: () => Promise<T>) => work() };
  return { of: { stop, events }, warnings, told };
}
