/** Where the stages of a run report their steps: `sweepline report` writes it, whoever looks for hopeless runs reads it. */
import path from "node:path";

/** In the environment of stages whose steps are looked at: the file. */
export const reportsVariable = "SWEEPLINE_REPORTS";

/** Beside the log of the run. */
export function reportsFile(log: string): string {
  return path.join(path.dirname(log), "steps.jsonl");
}
