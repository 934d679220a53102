/** What running experiments have written so far, laid over their rows. */
import type { Value } from "../base/value.ts";
import type { Baseline, Experiment, ExperimentState, FileResult } from "../experiments/reading/types.ts";
import { type RunNow, readNow } from "../experiments/runs/now.ts";
import { collectColumns, rememberLeaves, type ValueColumn } from "../experiments/show/value-columns.ts";
import type { PageCurve } from "../report/page/contract.ts";

interface Places {
  /** Of finished experiments. */
  readonly metrics: readonly ValueColumn[];
  /** Metrics files that the pipeline has, whether they are there or not. */
  readonly files: readonly string[];
}

/** Of the name that a table without others would have: `acc`, or `metrics.json:acc` where several files have it. */
function placeOf(name: string, { metrics, files }: Places): readonly [file: string, name: string] {
  const known = metrics.find((column) => name === column.name);
  if (known !== undefined) return [known.file, known.name];
  const file = files.find((each) => name.startsWith(`${each}:`));
  return file === undefined ? [files[0] ?? "metrics", name] : [file, name.slice(file.length + 1)];
}

function metricsFiles({ metrics: now }: RunNow, places: Places): ReadonlyMap<string, FileResult> {
  const files = new Map<string, Map<string, Value>>();
  for (const [flat, value] of now) {
    const [file, name] = placeOf(flat, places);
    const data = files.get(file) ?? new Map<string, Value>();
    files.set(file, data.set(name, value));
  }
  return new Map([...files].map(([file, data]) => [file, { kind: "data", data }]));
}

/** The log of one that runs from our queue. */
export function runningLog({ executor }: Experiment): string | undefined {
  return executor?.state === "running" && executor.name === "dvc-task" ? (executor.local?.log ?? undefined) : undefined;
}

/** What was found of those that run, by their commits. */
export type Running = ReadonlyMap<string, RunNow>;

/** Reads their files, which are small. */
export function readRunning(baselines: readonly Baseline[]): Running {
  const running = new Map<string, RunNow>();
  for (const { experiments } of baselines)
    for (const experiment of experiments) {
      const log = runningLog(experiment);
      if (log !== undefined) running.set(experiment.revs[0].rev, readNow(log));
    }
  return running;
}

function overlaid(tip: ExperimentState, now: RunNow, places: Places): ExperimentState {
  if (tip.data === null || now.metrics.size === 0) return tip;
  return { ...tip, data: { ...tip.data, metrics: metricsFiles(now, places) } };
}

/** The rows with the metrics that running experiments have so far. */
export function withRunning(baselines: readonly Baseline[], running: Running): readonly Baseline[] {
  if (running.size === 0) return baselines;
  const { metrics } = collectColumns(baselines, rememberLeaves());
  return baselines.map((baseline) => {
    const places = { metrics, files: [...(baseline.data?.metrics.keys() ?? [])] };
    const experiments = baseline.experiments.map((experiment): Experiment => {
      const [tip, ...older] = experiment.revs;
      const now = runningLog(experiment) === undefined ? undefined : running.get(tip.rev);
      return now === undefined ? experiment : { ...experiment, revs: [overlaid(tip, now, places), ...older] };
    });
    return { ...baseline, experiments };
  });
}

/** A line on a screen has no more points: then every other one goes. */
const mostPoints = 400;

type Points = (readonly [number, number])[];

/** Numbers that running experiments wrote, one after another, as curves. They go when the run has ended: its plots are the curves then. */
export class RunningCurves {
  readonly #seen = new Map<string, { steps: number; readonly series: Map<string, Points>; last: string }>();

  /** @returns the rows whose curves changed, with all of them; none for one that does not run any more */
  look(now: ReadonlyMap<string, RunNow>): readonly { readonly id: string; readonly curves: readonly PageCurve[] }[] {
    const gone = [...this.#seen.keys()].filter((id) => !now.has(id));
    for (const id of gone) this.#seen.delete(id);
    const changed = [...now].filter(([id, { metrics }]) => metrics.size > 0 && this.#add(id, metrics));
    return [...gone.map((id) => ({ id, curves: [] })), ...changed.map(([id]) => ({ id, curves: this.of(id) }))];
  }

  of(id: string): readonly PageCurve[] {
    const series = this.#seen.get(id)?.series ?? new Map<string, Points>();
    return [...series].flatMap(([name, points]) =>
      points.length < 2 ? [] : [{ id, label: `now: ${name}`, x: "step", points: [...points] }],
    );
  }

  #add(id: string, metrics: RunNow["metrics"]): boolean {
    const text = JSON.stringify([...metrics]);
    const seen = this.#seen.get(id) ?? { steps: 0, series: new Map<string, Points>(), last: "" };
    this.#seen.set(id, seen);
    if (seen.last === text) return false;
    seen.last = text;
    // DVCLive writes the step beside its metrics.
    const told = metrics.get("step");
    const step = typeof told === "number" ? told : seen.steps;
    seen.steps += 1;
    for (const [name, value] of metrics) {
      if (name === "step" || typeof value !== "number" || !Number.isFinite(value)) continue;
      const points = seen.series.get(name) ?? [];
      points.push([step, value]);
      seen.series.set(name, points.length > mostPoints ? points.filter((_, at) => at % 2 === 1) : points);
    }
    return true;
  }
}
