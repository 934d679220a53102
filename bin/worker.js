// The entry of a worker thread.
export { runEntry } from "../dist/worker.cjs";
