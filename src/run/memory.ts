/** What experiments use of the memory, and how much of it is left. Linux tells; elsewhere nobody counts. */
import { freemem, totalmem } from "node:os";
import { readdirSync, readIfExists } from "../base/files.ts";

/** Bytes that can be used without swapping, within the limits of a container. */
export function availableBytes(): number {
  const own = process as { availableMemory?: () => number };
  return own.availableMemory?.() ?? freemem();
}

/** Bytes that are kept free, for the page cache and everybody else. */
export function reserveBytes(): number {
  return totalmem() / 10;
}

function groupOf(pid: string): number | undefined {
  const stat = readIfExists(`/proc/${pid}/stat`)?.toString();
  if (stat === undefined) return undefined;
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}

function residentBytes(pid: string): number {
  const status = readIfExists(`/proc/${pid}/status`)?.toString() ?? "";
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

function processIds(): readonly string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Resident memory of all processes of each group; empty where there is no /proc. */
export function memoryOfGroups(groups: ReadonlySet<number>): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  if (process.platform !== "linux" || groups.size === 0) return bytes;
  for (const pid of processIds()) {
    try {
      const group = groupOf(pid);
      if (group !== undefined && groups.has(group)) bytes.set(group, (bytes.get(group) ?? 0) + residentBytes(pid));
    } catch {
      // It ended while we looked (ESRCH).
    }
  }
  return bytes;
}
