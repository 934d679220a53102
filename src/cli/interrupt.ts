/** Ctrl+C and its kin while something runs: once asks for a clean stop, twice ends at once. */
import { exitCodes } from "../base/errors.ts";
import type { Io } from "./io.ts";

export interface Interrupt {
  /** Aborted at the first SIGINT, SIGTERM or (from a terminal that is closed) SIGHUP. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

/**
 * @param endAtOnce called at the second signal, before the process exits with 252: must not wait for anything
 */
export function listenForInterrupt(io: Io, endAtOnce: () => void): Interrupt {
  const controller = new AbortController();
  const onSignal = () => {
    if (!controller.signal.aborted) return controller.abort();
    endAtOnce();
    process.exit(exitCodes.interrupted);
  };
  // Node gives SIGHUP its default action back even under nohup. Where nothing of ours is on a terminal,
  // somebody arranged for us to outlive it: go on.
  const onHangUp = () => {
    if (io.stdout.isTTY || io.stderr.isTTY) onSignal();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onHangUp);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      process.off("SIGHUP", onHangUp);
    },
  };
}
