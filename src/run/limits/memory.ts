/** What experiments use of the memory, and how much of it is left. Linux tells; elsewhere nobody counts. */

import { freemem, totalmem } from "node:os";
import { unlessSystemFails } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import { processIds, statFields } from "../../base/processes.ts";

/** Bytes that can be used without swapping, within the limits of a container. */
export function availableBytes(): number {
  const own = process as { availableMemory?: () => number };
  return own.availableMemory?.() ?? freemem();
}

/** Bytes that are kept free, for the page cache and everybody else. */
export function reserveBytes(): number {
  return totalmem() / 10;
}

function residentBytes(pid: string): number {
  const status = readIfExists(`/proc/${pid}/status`)?.toString() ?? "";
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Resident memory of all processes of each group; empty where there is no /proc. */
export function memoryOfGroups(groups: ReadonlySet<number>): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  if (groups.size === 0) return bytes;
  for (const pid of processIds()) {
    const group = Number(statFields(pid)?.[2]);
    if (!groups.has(group)) continue;
    // One that ends while we look (ESRCH) has none.
    bytes.set(group, (bytes.get(group) ?? 0) + unlessSystemFails(0, () => residentBytes(pid)));
  }
  return bytes;
}
