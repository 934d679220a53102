/** What a run reports step by step: `sweepline report` appends lines to a file, DVCLive and others write their metrics file anew. */

import { closeSync, existsSync, fstatSync, readSync } from "../../base/files.ts";
import { isRecord, parseJson } from "../../base/json.ts";
import { openRead } from "../../base/open-files.ts";
import { type FlatMetrics, metricNumber } from "../stopping/metrics.ts";
import type { StepValue } from "../stopping/rules.ts";

/** Names under which files of metrics tell the step. */
const stepNames = ["step", "epoch"];
/** So many bytes of reports are read at a time. */
const readAtOnce = 1 << 16;
/** An experiment keeps so many of its steps. */
const mostKept = 128;

export interface StepRequest {
  /** The metric that counts. */
  readonly metric: string;
  /** Lines of `sweepline report`. */
  readonly reports: string;
  tell(steps: readonly StepValue[]): void;
}

export class StepWatch {
  readonly #request: StepRequest;
  readonly #seen: StepValue[] = [];
  #readTo = 0;
  #cut = "";

  constructor(request: StepRequest) {
    this.#request = request;
  }

  /** Tells the steps that are new. @param metrics those of the metrics files, where they changed */
  look(metrics: FlatMetrics | undefined): void {
    const fresh = [...this.#reported(), ...this.#written(metrics)].filter((point) => this.#add(point));
    if (fresh.length > 0) this.#request.tell(fresh);
  }

  /** What an experiment remembers: the first steps, and of later ones more and more thinly. */
  get curve(): readonly (readonly [number, number])[] {
    let kept: readonly StepValue[] = this.#seen;
    while (kept.length > mostKept)
      kept = kept.filter((_, at) => at < mostKept / 2 || at % 2 === 1 || at === kept.length - 1);
    return kept.map(({ step, value }) => [step, value]);
  }

  /** Steps go up; one that was there before is no news. */
  #add(point: StepValue): boolean {
    const last = this.#seen.at(-1);
    if (last !== undefined && point.step <= last.step) return false;
    this.#seen.push(point);
    return true;
  }

  /** Whole lines that came since the last look. */
  #reported(): readonly StepValue[] {
    const lines = (this.#cut + this.#read()).split("\n");
    // A line without end is none of ours.
    this.#cut = (lines.pop() ?? "").slice(0, readAtOnce);
    return lines.flatMap((line) => this.#pointOf(line) ?? []);
  }

  #read(): string {
    const { reports } = this.#request;
    if (!existsSync(reports)) return "";
    const handle = openRead(reports);
    try {
      const bytes = Buffer.alloc(Math.max(0, Math.min(readAtOnce, fstatSync(handle).size - this.#readTo)));
      const count = readSync(handle, bytes, 0, bytes.length, this.#readTo);
      this.#readTo += count;
      return bytes.toString("utf8", 0, count);
    } finally {
      closeSync(handle);
    }
  }

  #pointOf(line: string): StepValue | undefined {
    const report = parseJson(line);
    if (!isRecord(report) || !isRecord(report.metrics)) return undefined;
    const numbers = Object.entries(report.metrics).flatMap(([name, value]) =>
      typeof value === "number" ? [[name, value] as const] : [],
    );
    const value = metricNumber(new Map(numbers), this.#request.metric);
    if (value === undefined) return undefined;
    return { step: typeof report.step === "number" ? report.step : this.#next(), value };
  }

  #written(metrics: FlatMetrics | undefined): readonly StepValue[] {
    const value = metrics === undefined ? undefined : metricNumber(metrics, this.#request.metric);
    if (metrics === undefined || value === undefined) return [];
    const step = stepNames.map((name) => metricNumber(metrics, name)).find((number) => number !== undefined);
    return [{ step: step ?? this.#next(), value }];
  }

  #next(): number {
    return (this.#seen.at(-1)?.step ?? 0) + 1;
  }
}
