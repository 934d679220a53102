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

/** As `refusedAs`, for commands that DVC ends with an exit code of their own when they fail. `words` may be missing. */
export async function failedWith<T>(exitCode: number, words: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    const message = words === undefined ? error.message : `${words} - ${error.message}`;
    throw new SweeplineError({ ...error.toFacts(), message, exitCode, cause: error });
  }
}
