/**
 * Listeners of signals that see to something before the process dies of one, and do not keep it from dying. Who asks
 * whether a signal is answered (by a command that stops cleanly) must not count them.
 */
const watchers = new WeakSet<(signal: NodeJS.Signals) => void>();

/** Calls `see` when the process is about to die of that signal, which it then does. What is answered ends that. */
export function beforeDeathBy(signal: NodeJS.Signals, see: () => void): () => void {
  const watch = () => {
    // Whoever answers it ends the process in its own time, with `exit` or with this signal again.
    if (answering(signal) > 0) return;
    see();
    process.off(signal, watch);
    process.kill(process.pid, signal);
  };
  watchers.add(watch);
  process.on(signal, watch);
  return () => process.off(signal, watch);
}

/**
 * Dies of the signal, for who took its listener away: at once, since a signal that somebody listens for is only told in the
 * next turn, which an empty event loop never has.
 */
export function dieBy(signal: NodeJS.Signals): void {
  if (!process.emit(signal, signal)) process.kill(process.pid, signal);
}

/** How many listeners answer that signal. */
export function answering(signal: NodeJS.Signals): number {
  const listeners = process.listeners(signal) as readonly ((signal: NodeJS.Signals) => void)[];
  return listeners.filter((listener) => !watchers.has(listener)).length;
}
