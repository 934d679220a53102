/** Progress for programs: each event as one line of JSON. docs/events.md is its schema. */
import { floatRepr } from "../../base/python.ts";
import { jsonOf } from "../../base/text/visible.ts";
import { isList, isMap, type Value } from "../../base/value.ts";
import { eventSchema, type RunEvent } from "../../experiments/events.ts";
import { handOver, type Progress, type ProgressStreams } from "./types.ts";

/** JSON has neither big integers nor NaN: integers beyond 2^53 and floats that are not finite become strings. */
function jsonValue(value: Value): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : floatRepr(value);
  if (isList(value)) return value.map(jsonValue);
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), jsonValue(item)]));
  return value;
}

/** An event as one line of JSON, without the newline. */
function eventJson(event: RunEvent): string {
  const plain =
    event.type === "finished" || event.type === "metrics" ? { ...event, metrics: jsonValue(event.metrics) } : event;
  return jsonOf({ schema: eventSchema, ...plain });
}

export function createJsonProgress({ stdout }: ProgressStreams): Progress {
  return {
    emit: (event) => void stdout.write(`${eventJson(event)}\n`),
    close: () => handOver(stdout),
  };
}
