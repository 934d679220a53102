/**
 * What a run does now, in a file beside its log: for whoever looks at it from another process. Written anew with each change, and
 * read only while it runs: without it there is less to look at, nothing more.
 */
import path from "node:path";
import { unlessSystemFails } from "../../base/errors.ts";
import { existsSync, readIfExists, writeAtomic } from "../../base/files.ts";
import { isRecord, isText, parseJson } from "../../base/json.ts";
import { toPlain, type Value } from "../../base/value.ts";
import type { RunEvent } from "../events.ts";

export type NowValue = number | string | boolean;

export interface RunNow {
  /** The stage that runs or waits. */
  readonly stage: string | undefined;
  /** What the stages have written so far, by the names of tables. */
  readonly metrics: ReadonlyMap<string, NowValue>;
}

const nothingNow: RunNow = { stage: undefined, metrics: new Map() };

function isNowValue(value: unknown): value is NowValue {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}

/** @param log that of the run */
export function nowFile(log: string): string {
  return path.join(path.dirname(log), "now.json");
}

/** A file of that many bytes is none of ours. */
const mostBytes = 1 << 20;

/** @param log that of the run. What can't be read says nothing. */
export function readNow(log: string): RunNow {
  const text = unlessSystemFails(undefined, () => readIfExists(nowFile(log), mostBytes))?.toString();
  const now = text === undefined ? undefined : parseJson(text);
  if (!isRecord(now)) return nothingNow;
  const metrics = isRecord(now.metrics) ? Object.entries(now.metrics) : [];
  return {
    stage: isText(now.stage) ? now.stage : undefined,
    metrics: new Map(metrics.filter((item): item is [string, NowValue] => isNowValue(item[1]))),
  };
}

function plainMetrics(metrics: ReadonlyMap<string, Value>): ReadonlyMap<string, NowValue> {
  const plain = [...metrics].map(([name, value]) => [name, toPlain(value)] as const);
  return new Map(plain.filter((item): item is [string, NowValue] => isNowValue(item[1])));
}

/** Writes it down, as the events of a run of the queue come. A full disk ends no run for it. */
export class NowKeeper {
  readonly #runs = new Map<string, { readonly log: string; now: RunNow }>();

  emit(event: RunEvent): void {
    if (event.type === "started") this.#set(event.experiment.name, { log: event.log, now: nothingNow });
    else if (event.type === "stage") this.#change(event.name, { stage: event.stage });
    else if (event.type === "metrics") this.#change(event.name, { metrics: plainMetrics(event.metrics) });
    else if (event.type === "finished" || event.type === "failed" || event.type === "requeued")
      this.#runs.delete(event.experiment.name);
  }

  #change(name: string, changes: Partial<RunNow>): void {
    const run = this.#runs.get(name);
    if (run !== undefined) this.#set(name, { log: run.log, now: { ...run.now, ...changes } });
  }

  #set(name: string, run: { readonly log: string; readonly now: RunNow }): void {
    this.#runs.set(name, run);
    const { stage, metrics } = run.now;
    unlessSystemFails(undefined, () => {
      // Of an earlier run of the entry there may be one that says something else.
      const isNothing = stage === undefined && metrics.size === 0;
      if (isNothing && !existsSync(nowFile(run.log))) return;
      writeAtomic(nowFile(run.log), JSON.stringify({ stage, metrics: Object.fromEntries(metrics) }));
    });
  }
}
