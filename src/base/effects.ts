/**
 * Side-effect points. Each change of files or of Git calls `beforeEffect` first. In a normal run that is a function
 * that does nothing; a test sets SWEEPLINE_FAULT and the Nth call kills the process or fails.
 *
 *   SWEEPLINE_FAULT=count:FILE       append one line per call (N, kind, detail) to FILE
 *   SWEEPLINE_FAULT=kill:N           SIGKILL this process at call N
 *   SWEEPLINE_FAULT=fail:N:ENOSPC    call N throws that system error
 */
import { appendFileSync } from "node:fs";

export type EffectKind =
  | "mkdir"
  | "write"
  | "rename"
  | "link"
  | "unlink"
  | "rmtree"
  | "symlink"
  | "copy"
  | "chmod"
  | "utimes"
  | "open"
  | "append"
  | "git"
  | "ref"
  | "object"
  | "spawn"
  | "signal";

type Fault = (kind: EffectKind, detail: string) => void;

let calls = 0;

function systemError(code: string, kind: string, detail: string): Error {
  return Object.assign(new Error(`${code}: injected, ${kind} '${detail}'`), { code, syscall: kind });
}

function parseFault(setting: string | undefined): Fault | undefined {
  if (setting === undefined || setting === "") return undefined;
  const [what, first = "", second = "EIO"] = setting.split(":");
  if (what === "count") return (kind, detail) => appendFileSync(first, `${++calls}\t${kind}\t${detail}\n`);
  const at = Number(first);
  if (what === "kill")
    return () => {
      if (++calls === at) process.kill(process.pid, "SIGKILL");
    };
  if (what === "fail")
    return (kind, detail) => {
      if (++calls === at) throw systemError(second, kind, detail);
    };
  return undefined;
}

const fault = parseFault(process.env.SWEEPLINE_FAULT);

/** Called before each side effect; `detail` is a path, a ref or a command. */
export function beforeEffect(kind: EffectKind, detail: string): void {
  fault?.(kind, detail);
}
