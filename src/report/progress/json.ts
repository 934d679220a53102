/** Progress for programs: each event as one line of JSON. docs/events.md is its schema. */
import { eventJson } from "../../experiments/event-json.ts";
import { handOver, type Progress, type ProgressStreams } from "./types.ts";

export function createJsonProgress({ stdout }: ProgressStreams): Progress {
  return {
    emit: (event) => void stdout.write(`${eventJson(event)}\n`),
    close: () => handOver(stdout),
  };
}
