/** How a job of a matrix stops. Its stages are stopped by who runs them; a network is not waited for longer than a moment. */
import { matrixExitCodes } from "../../../ci/exit-codes.ts";
import type { JobStop } from "../../../ci/job/job.ts";
import { listenForInterrupt } from "../../terminal/interrupt.ts";
import type { Io } from "../../terminal/io.ts";

export interface ReleasableStop extends JobStop {
  /** Stops listening. */
  release(): void;
}

/** As long as git is given where nobody listens. */
const graceMs = 5_000;

const endText = "Stopped. The same command goes on.";

export function listenForStop(io: Io): ReleasableStop {
  const { signal, release } = listenForInterrupt(io, {
    endAtOnce: () => endText,
    advice: "print",
    exitCode: matrixExitCodes.retry,
  });
  const end = () => {
    process.once("exit", () => io.stderr.write(`${endText}\n`));
    process.exit(matrixExitCodes.retry);
  };
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const onStop = () => {
      timer = setTimeout(end, graceMs);
    };
    signal.addEventListener("abort", onStop);
    try {
      return await work();
    } finally {
      signal.removeEventListener("abort", onStop);
      clearTimeout(timer);
    }
  };
  return { signal, during, release };
}
