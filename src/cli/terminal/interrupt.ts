/** Ctrl+C and its kin while something runs: once asks for a clean stop, twice ends at once. */
import { exitCodes } from "../../base/errors.ts";
import type { ExitCode, Io } from "./io.ts";

export interface Interrupt {
  /** Aborted at the first SIGINT, SIGTERM or (from a terminal that is closed) SIGHUP. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

export interface InterruptOptions {
  /**
   * Called at the second signal, before the process exits with 252 or `exitCode`: must not wait for anything. Answers
   * what is said last: what became of the work.
   */
  readonly endAtOnce: () => string;
  /** Who says at the first signal that a second one ends it: "print": this; "none": progress. */
  readonly advice: "print" | "none";
  /** Of the end at once. */
  readonly exitCode?: ExitCode;
}

/**
 * Who listens, with the exit code of an end at once. The last one is of the work within that of the others: it has the
 * word; the first one is of the whole command: its exit code counts.
 */
const listening = new Map<AbortController, ExitCode>();

/** Whether somebody runs what must end cleanly: a signal is answered. */
export function isInterruptible(): boolean {
  return listening.size > 0;
}

const adviceText = "Stopping; once more ends it at once.";

export function listenForInterrupt(io: Io, options: InterruptOptions): Interrupt {
  const { endAtOnce, advice, exitCode = exitCodes.interrupted } = options;
  const controller = new AbortController();
  const onSignal = () => {
    const isLast = [...listening.keys()].at(-1) === controller;
    if (!controller.signal.aborted) {
      if (advice === "print" && isLast) io.stderr.write(`${adviceText}\n`);
      return controller.abort();
    }
    if (!isLast) return;
    const text = endAtOnce();
    // After the listeners that give the terminal back.
    process.once("exit", () => io.stderr.write(`${text}\n`));
    process.exit([...listening.values()][0] ?? exitCode);
  };
  // Node gives SIGHUP its default action back even under nohup. Where nothing of ours is on a terminal,
  // somebody arranged for us to outlive it: go on.
  const onHangUp = () => {
    if (io.stdout.isTTY || io.stderr.isTTY) onSignal();
  };
  listening.set(controller, exitCode);
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
