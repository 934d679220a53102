/**
 * V8 lets garbage pile up to many times of what is kept, and the more threads the more of it. Collected every so many
 * experiments, which costs each of them less than a millisecond, the memory stays as it was at the start.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What is called after each experiment of this thread: every `experiments`-th call collects. */
export function garbageCollector(experiments: number): () => void {
  let finished = 0;
  return () => {
    finished += 1;
    if (finished % experiments === 0) collect();
  };
}

let known: (() => void) | undefined;

/** Looked up at the first time: it takes a context of its own, and most runs are short. */
function collect(): void {
  if (known === undefined) {
    setFlagsFromString("--expose-gc");
    known = runInNewContext("gc") as () => void;
  }
  known();
}
