/**
 * Names of temporary files: what is written beside its place, to be renamed there. Each tells which process writes it, so
 * that what a dead one left can be told from what a living one still needs.
 */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { existsProcess, processStart } from "./processes.ts";

function mark(text: string): string {
  return createHash("md5").update(text).digest("hex").slice(0, 4);
}

/** Tells machines apart that share a disk: two have the same pids. */
const machineMark = mark(hostname());

/** Tells processes apart that had the same pid, one after the other. */
let ownMark: string | undefined;

let counter = 0;

/** A name beside `file` for content that is renamed into place later. Unique among processes and threads. */
export function asideName(file: string): string {
  counter += 1;
  ownMark ??= mark(processStart(process.pid) ?? "");
  const unique = `${process.pid}-${machineMark}${ownMark}${Math.random().toString(36).slice(2, 10)}-${counter}`;
  return path.join(path.dirname(file), `.${path.basename(file).slice(0, 100)}.${unique}.tmp`);
}

/** With what Git adds to lock such a file. */
const pattern = /^\..+\.(\d+)-([0-9a-f]{4})([0-9a-f]{4})[0-9a-z]{1,8}-\d+\.tmp(?:\.lock)?$/s;

/** Whether `asideName` gave that name, or Git's lock on a file of such a name has it. */
export function isAsideName(name: string): boolean {
  return pattern.test(name);
}

/**
 * Whether the process that writes the file of that name still lives; "elsewhere" for one of another machine, of which
 * nothing is known; undefined for a name that `asideName` did not give.
 */
export function asideWriter(name: string): "alive" | "dead" | "elsewhere" | undefined {
  const [, pidText, machine, writer] = pattern.exec(name) ?? [];
  if (pidText === undefined) return undefined;
  if (machine !== machineMark) return "elsewhere";
  const pid = Number(pidText);
  const start = processStart(pid);
  if (start !== undefined) return mark(start) === writer ? "alive" : "dead";
  // Another user's may be hidden from us.
  return existsProcess(pid) ? "alive" : "dead";
}
