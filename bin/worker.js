// The entry of a worker thread.
import { load } from "./load.cjs";

export const { runEntry } = load("./worker.cjs");
