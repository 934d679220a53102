/** What a job is told from outside, and what it says. */
import type { JobRequest, JobSurroundings } from "../../../src/ci/job/job.ts";

export function surroundings(): { readonly of: JobSurroundings; readonly warnings: string[]; readonly told: string[] } {
  const warnings: string[] = [];
  const told: string[] = [];
  const events = {
    warn: (message: string) => void warnings.push(message),
    started: (way: string) => void told.push(way),
    progress: () => undefined,
    ended: () => void told.push("ended"),
    continues: (name: string, commit: string) => void told.push(`continues ${name} ${commit}`),
    missing: ({ missing }: { readonly missing: readonly string[] }) => void told.push(`missing ${missing.length}`),
    failed: (name: string, endOfLog: string) => void told.push(`failed ${name}: ${endOfLog.trimEnd()}`),
    running: (): never => {
      throw new Error("no point was to run");
    },
  };
  const stop = { signal: new AbortController().signal, during: <T>(work: () => Promise<T>) => work() };
  return { of: { stop, events }, warnings, told };
}

/** A job of the first points of a plan, on this machine alone, but for what is asked. */
export function jobRequest(asked: Pick<JobRequest, "plan" | "point"> & Partial<JobRequest>): JobRequest {
  return {
    expect: undefined,
    jobs: 1,
    bundle: undefined,
    gitRemote: undefined,
    data: { cache: true },
    pushEveryMs: 1,
    limits: {},
    entryLimits: {},
    environment: {},
    ...asked,
  };
}
