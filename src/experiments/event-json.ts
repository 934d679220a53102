/** Events of runs as lines of JSON: for programs (docs/events.md), and from a job of an engine to whoever watches it. */

import { isNumber, isRecord, isText, isTexts, optional, parseJson, shaped } from "../base/json.ts";
import { floatRepr } from "../base/python.ts";
import { jsonOf } from "../base/text/visible.ts";
import { isList, isMap, type Value } from "../base/value.ts";
import { type ExperimentLabel, eventSchema, type RunEvent } from "./events.ts";

/** JSON has neither big integers nor NaN: integers beyond 2^53 and floats that are not finite become strings. */
function jsonValue(value: Value): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : floatRepr(value);
  if (isList(value)) return value.map(jsonValue);
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), jsonValue(item)]));
  return value;
}

/** An event as one line of JSON, without the newline. */
export function eventJson(event: RunEvent): string {
  const plain =
    event.type === "finished" || event.type === "metrics" ? { ...event, metrics: jsonValue(event.metrics) } : event;
  return jsonOf({ schema: eventSchema, ...plain });
}

function valueFrom(value: unknown): Value {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(valueFrom);
  if (isRecord(value)) return mapFrom(value);
  return typeof value === "boolean" || typeof value === "string" ? value : null;
}

function mapFrom(value: Readonly<Record<string, unknown>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(value).map(([key, item]): [string, Value] => [key, valueFrom(item)]));
}

const isLabel = shaped<ExperimentLabel>({ name: isText, sequence: isNumber, overrides: isTexts });
const ofExperiment = { experiment: isLabel, at: isNumber };
const ended = { ...ofExperiment, elapsedMs: isNumber };

/** What each kind must have; what is not here is of no use to a watcher. */
const known: Readonly<Record<string, (value: unknown) => boolean>> = {
  started: shaped({ ...ofExperiment, log: isText }),
  stage: shaped({ name: isText, stage: isText, action: isText, at: isNumber, owner: optional(isText) }),
  metrics: shaped({ name: isText, metrics: isRecord, at: isNumber }),
  checkpoint: shaped({ name: isText, commit: isText, at: isNumber }),
  finished: shaped({
    ...ended,
    commit: isText,
    metrics: isRecord,
    warning: optional(isText),
    untracked: optional(isTexts),
  }),
  failed: shaped({
    ...ended,
    code: isText,
    message: isText,
    log: isText,
    hint: optional(isText),
    output: optional(isText),
  }),
  requeued: shaped({ ...ofExperiment, reason: isText }),
};

/** An event of one experiment from a line of JSON; undefined for any other line. */
export function eventFrom(line: string): RunEvent | undefined {
  const event = parseJson(line);
  if (!isRecord(event) || event.schema !== eventSchema || typeof event.type !== "string") return undefined;
  if (!Object.hasOwn(known, event.type) || !known[event.type]?.(event)) return undefined;
  const { schema: _schema, ...facts } = event;
  const metrics = isRecord(facts.metrics) ? { metrics: mapFrom(facts.metrics) } : {};
  return { ...facts, ...metrics } as RunEvent;
}
