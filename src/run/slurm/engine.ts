/** Slurm as an engine: entries of the queue as jobs of a cluster whose nodes share the repository's file system. */
import { SweeplineError } from "../../base/errors.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { Engine, EngineWork } from "../engine.ts";
import { SlurmCommands } from "./commands.ts";
import type { SlurmOptions } from "./options.ts";
import { type Submitting, submitEntries } from "./submit.ts";
import { SlurmSubmission } from "./watch.ts";

function refuse(message: string, hint: string): SweeplineError {
  return new SweeplineError({ code: "BAD_OPTIONS", message, hint });
}

function checkJobs(jobs: number): void {
  if (jobs === Number.POSITIVE_INFINITY || (Number.isSafeInteger(jobs) && jobs >= 1)) return;
  throw refuse("--jobs takes a whole number from 1", "It is how many tasks Slurm may run at once.");
}

function submittingOf(context: ExperimentsContext, work: EngineWork, options: SlurmOptions): Submitting {
  const { retry, timeoutMs, timeoutAt, keepCheckpoints, checkpointEvery, shellCharacters, jobs } = work;
  const limits = {
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(timeoutAt === undefined ? {} : { timeoutAt }),
    ...(keepCheckpoints === undefined ? {} : { keepCheckpoints }),
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    ...(shellCharacters === undefined ? {} : { shellCharacters }),
  };
  const slurm = new SlurmCommands(context.project.root);
  return { context, slurm, options, limits, jobs: Number.isFinite(jobs) ? jobs : undefined };
}

/** @param name the word of `--engine` that it was asked for by */
export function slurmEngine(name: string, options: SlurmOptions): Engine {
  return {
    name,
    usualJobs: Number.POSITIVE_INFINITY,
    places: (jobs) => {
      if (jobs === "auto")
        throw refuse("--jobs auto measures this machine", "On Slurm leave --jobs out, or give a number.");
      checkJobs(jobs);
      return { jobs };
    },
    submit: (context, work, warn) => {
      const submitting = submittingOf(context, work, options);
      return new SlurmSubmission({ context, slurm: submitting.slurm, submitting, work, warn });
    },
    send: async (context, work) => {
      const { batch, jobs, covered } = await submitEntries(submittingOf(context, work, options), work.only);
      return { entries: batch?.tasks.flat().length ?? 0, covered: covered.size, jobs };
    },
  };
}
