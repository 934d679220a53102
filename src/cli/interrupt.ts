/** Ctrl+C and its kin while something runs: once asks for a clean stop, twice ends at once. */
import { exitCodes } from "../base/errors.ts";
import type { Io } from "./io.ts";

export interface Interrupt {
  /** Aborted at the first SIGINT, SIGTERM or (from a terminal that is closed) SIGHUP. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

export interface InterruptOptions {
  /**
   * Called at the second signal, before the process exits with 252: must not wait for anything. Answers what is said
   * last: what became of the work.
   */
  readonly endAtOnce: () => string;
  /** Who says at the first signal that a second one ends it: "print": this; "none": progress. */
  readonly advice: "print" | "none";
}

const listening = new Set<AbortController>();

/** Whether somebody runs what must end cleanly: a signal is answered. */
export function isInterruptible(): boolean {
  return listening.size > 0;
}

const adviceText = "Stopping; once more ends it at once.";

export function listenForInterrupt(io: Io, { endAtOnce, advice }: InterruptOptions): Interrupt {
  const controller = new AbortController();
  const onSignal = () => {
    if (!controller.signal.aborted) {
      if (advice === "print") io.stderr.write(`${adviceText}\n`);
      return controller.abort();
    }
    const text = endAtOnce();
    // After the listeners that give the terminal back.
    process.once("exit", () => io.stderr.write(`${text}\n`));
    process.exit(exitCodes.interrupted);
  };
  // Node gives SIGHUP its default action back even under nohup. Where nothing of ours is on a terminal,
  // somebody arranged for us to outlive it: go on.
  const onHangUp = () => {
    if (io.stdout.isTTY || io.stderr.isTTY) onSignal();
  };
  listening.add(controller);
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onHangUp);
  return {
    signal: controller.signal,
    release: () => {
      listening.delete(controller);
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
      process.off("SIGHUP", onHangUp);
    },
  };
}
