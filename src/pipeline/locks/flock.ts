/**
 * flock(2), which DVC locks a project with and Node does not offer. Such a lock belongs to the open file, not to the process
 * that asked for it: a small program gets our open file, locks it and ends, and we hold the lock until we close the file or die.
 */
import { spawnSync } from "node:child_process";
import { beforeEffect } from "../../base/effects.ts";

/** Programs that can lock the file they get as number 3; status 1: somebody else has it. */
const programs: readonly (readonly [string, readonly string[]])[] = [
  ["flock", ["-x", "-n", "3"]],
  ["perl", ["-e", 'open(my $f, "+<&=3") or exit 2; exit(flock($f, 6) ? 0 : 1)']],
  [
    "python3",
    [
      "-c",
      "import fcntl\ntry: fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)\nexcept BlockingIOError: raise SystemExit(1)",
    ],
  ],
];

/** The programs that this machine has. */
let available = programs;

/** @param handle an open file; closing it gives the lock back */
export function tryFlock(handle: number): "locked" | "busy" | "unavailable" {
  for (const [program, args] of available) {
    beforeEffect("spawn", program);
    const { status, error } = spawnSync(program, args, { stdio: ["ignore", "ignore", "ignore", handle] });
    if (error === undefined && status === 0) return "locked";
    if (error === undefined && status === 1) return "busy";
    available = available.filter(([name]) => name !== program);
  }
  return "unavailable";
}
