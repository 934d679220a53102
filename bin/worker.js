// The entry of a worker thread.
import { createRequire } from "node:module";

export const { runEntry } = createRequire(import.meta.url)("../dist/worker.cjs");
