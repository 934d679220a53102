/** How a worker thread learns that its process tells what it does. */
import { getEnvironmentData } from "node:worker_threads";
import { traceSettingsName } from "../trace.ts";
import type { TraceSettings } from "./sink.ts";

/** In a worker thread, before its work: tells what it does, if its process does. Loads nothing where it does not. */
export async function joinTrace(): Promise<void> {
  const settings = getEnvironmentData(traceSettingsName) as TraceSettings | undefined;
  if (settings !== undefined) (await import("./sink.ts")).followTrace(settings);
}
