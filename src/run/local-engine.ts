/** The engine that is always there: threads of this process, on this machine. */
import { availableParallelism } from "node:os";
import { SweeplineError } from "../base/errors.ts";
import { Coordinator } from "./coordinator.ts";
import type { Engine, JobCount } from "./engine.ts";

/** The most experiments that can run at once here. */
export function jobsNumber(jobs: JobCount): number {
  return jobs === "auto" ? availableParallelism() : jobs;
}

function checkJobs(jobs: number, warn: (message: string) => void): void {
  if (!Number.isSafeInteger(jobs) || jobs < 1 || jobs > 1024)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--jobs takes a whole number from 1 to 1024",
    });
  const cores = availableParallelism();
  if (jobs > cores) warn(`--jobs ${jobs} is more than the ${cores} cores of this machine: the experiments share them`);
}

export const localEngine: Engine = {
  name: "local",
  places: (jobs, warn) => {
    if (jobs !== "auto") checkJobs(jobs, warn);
    return { jobs: jobsNumber(jobs), memory: jobs === "auto" ? "measured" : "fixed" };
  },
  submit: (context, work) => {
    const coordinator = new Coordinator(context, work);
    return {
      watch: () => coordinator.run(),
      cancel: (cause) => coordinator.stop(cause),
      drain: () => coordinator.drain(),
      cancelAtOnce: () => coordinator.endAtOnce(),
    };
  },
};
