/**
 * Side-effect points. Each change of files, each start of a process, each ref transaction is told here before it
 * happens. In a normal run nobody listens, which costs one look at a constant. A test loads a listener before the
 * program (`node --import test/faults/inject.mjs`): it counts the calls, and at the Nth of them the process dies, or
 * the call fails, or writes less than it was given. Worker threads and the processes that we start load it too.
 */

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
  | "database"
  | "git"
  | "ref"
  | "object"
  | "spawn"
  | "signal";

export interface Effect {
  readonly kind: EffectKind;
  /** A path, a ref or a command. */
  readonly detail: string;
  /** Of a write: how many bytes are about to be written. */
  readonly size?: number;
}

/** What a listener answers for a write: how many of its bytes are written at most; undefined: all. */
type EffectListener = (effect: Effect) => number | undefined;

const listener = (globalThis as { [key: symbol]: unknown })[Symbol.for("sweepline.beforeEffect")] as
  | EffectListener
  | undefined;

/** Called before each side effect; `detail` is a path, a ref or a command. */
export function beforeEffect(kind: EffectKind, detail: string): void {
  listener?.({ kind, detail });
}

/** Called before each piece of a write; answers how many bytes may be written now: all of them, where no test listens. */
export function beforeWrite(kind: "write" | "append", file: string, size: number): number {
  return listener?.({ kind, detail: file, size }) ?? size;
}
