/** What was handed over to an engine, and how to look at it. */
import type { Sent } from "../../run/engine.ts";

export function sentText(name: string, { entries, covered, jobs }: Sent): string {
  const before = covered === 0 ? "" : `${covered} run already, or were sent before.\n`;
  if (entries === 0) return `${before}Nothing was sent: nothing else waits in the queue.\n`;
  const what = `${entries} ${entries === 1 ? "experiment" : "experiments"}`;
  const list = `${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`;
  return `${before}Sent ${what} to ${name}: ${list}.\nsweepline queue status shows them, sweepline queue stop takes them back.\n`;
}
