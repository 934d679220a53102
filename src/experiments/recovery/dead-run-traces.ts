/** What every command can afford to ask: whether there may be a run at all. Loads nothing else. */
import { existsSync, readdirSync } from "../../base/files.ts";
import type { StateLayout } from "../layout.ts";

function holds(folder: string, isTrace: (name: string) => boolean): boolean {
  return existsSync(folder) && readdirSync(folder).some(isTrace);
}

/**
 * Whether a run, living or dead, has left a trace: the lock of its copy, which is there before its first stage and goes
 * when all have ended; the table of the workspace's run; that of a `repro`.
 */
export function leavesTraces({ copies, workspaceProcesses, workspaceRun, stageTables }: StateLayout): boolean {
  return (
    existsSync(workspaceProcesses) ||
    existsSync(workspaceRun) ||
    holds(stageTables, () => true) ||
    holds(copies, (name) => name.endsWith(".lock"))
  );
}
