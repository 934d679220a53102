import type { ProcessIdentity } from "../../base/processes.ts";
import { writeProcesses } from "../../experiments/runs/records.ts";
import type { ReproduceEvents } from "../../pipeline/reproduce/events.ts";

/**
 * Keeps the running process groups of an experiment on disk, for whoever comes after a crash.
 * @param told called with the table at each change, once it is written
 */
export function keepProcesses(
  file: string,
  told: (table: readonly ProcessIdentity[]) => void = () => undefined,
): Pick<ReproduceEvents, "processStarted" | "processEnded"> {
  let table: readonly ProcessIdentity[] = [];
  const update = (next: readonly ProcessIdentity[]) => {
    table = next;
    writeProcesses(file, table);
    told(table);
  };
  return {
    processStarted: ({ pid, startedAt }) => update([...table, { pid, startedAt }]),
    processEnded: ({ pid }) => update(table.filter((item) => item.pid !== pid)),
  };
}
