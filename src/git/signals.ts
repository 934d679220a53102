/**
 * What Ctrl+C does to git processes. They run in sessions of their own, out of the terminal's reach, and end when their
 * streams close; were we to die before them, the user would have the prompt back while one still holds a lock.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { answering, dieBy } from "../base/trace/signal-watchers.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Git that does not end meanwhile waits for a disk or a network, and does so without us. */
const limitMs = 5_000;

const running = new Set<ChildProcessWithoutNullStreams>();

/** Closes the streams, as our death would; once all have ended, dies of the signal. */
function endWithGit(signal: NodeJS.Signals): void {
  // Who listens besides us stops cleanly, and needs its git for that.
  if (answering(signal) > 1) return;
  const die = () => {
    process.off(signal, endWithGit);
    dieBy(signal);
  };
  const timer = setTimeout(die, limitMs);
  for (const child of running) {
    // Nobody goes on with what it wrote so far.
    child.removeAllListeners();
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    child.once("exit", () => {
      running.delete(child);
      if (running.size > 0) return;
      clearTimeout(timer);
      die();
    });
  }
}

/**
 * Git that shares the terminal (it may ask for a password) gets Ctrl+C as we do, and may have died of it before we are told: what it left
 * undone is no failure of the remote's. Dies of the signal, and says whether it does: who stops cleanly is told of it anyway.
 */
export function dieWithGit(signal: NodeJS.Signals | null): boolean {
  const ours = running.size > 0 ? 1 : 0;
  if (signal !== "SIGINT" || answering(signal) > ours) return false;
  dieBy(signal);
  return true;
}

/** From now on a signal that would end us ends this process too, and waits for it. */
export function endWithUs(child: ChildProcessWithoutNullStreams): void {
  if (running.size === 0) for (const signal of signals) process.on(signal, endWithGit);
  running.add(child);
  child.once("exit", () => {
    if (!running.delete(child) || running.size > 0) return;
    for (const signal of signals) process.off(signal, endWithGit);
  });
}
