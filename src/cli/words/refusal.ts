import { SweeplineError } from "../../base/errors.ts";

/** Runs the work; an expected failure gets DVC's words in front: `failed to show experiments - ...`. */
export async function refusedAs<T>(words: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    throw new SweeplineError({ ...error.toFacts(), message: `${words} - ${error.message}`, cause: error });
  }
}
