/** Experiments of a few values, for tests of what is found. */
import type { Value } from "../../../src/base/value.ts";
import type {
  Baseline,
  Experiment,
  ExperimentData,
  FileResult,
  RunState,
} from "../../../src/experiments/reading/types.ts";

export interface MadeExperiment {
  readonly params?: Readonly<Record<string, Value>>;
  readonly metrics?: Readonly<Record<string, Value>>;
  readonly state?: RunState;
  readonly sweep?: string;
  readonly created?: number;
  readonly tags?: readonly string[];
}

function file(values: Readonly<Record<string, Value>> = {}): FileResult {
  return { kind: "data", data: new Map(Object.entries(values)) };
}

function madeExperiment(name: string, at: number, made: MadeExperiment): Experiment {
  const data: ExperimentData = {
    params: new Map([["params.yaml", file(made.params)]]),
    metrics: new Map([["m.json", file(made.metrics)]]),
    deps: new Map(),
    outs: new Map(),
  };
  const rev = String(at).padStart(40, "0");
  return {
    name,
    executor: made.state === undefined ? null : { state: made.state, name: "dvc-task", local: null },
    sweep: made.sweep,
    ...(made.tags === undefined ? {} : { note: { text: "", tags: made.tags, starred: false } }),
    revs: [{ rev, name, timestamp: made.created ?? 1_700_000_000, data, error: null }],
  };
}

/** A baseline with these experiments. */
export function madeBaseline(experiments: Readonly<Record<string, MadeExperiment>>): Baseline {
  return {
    rev: "a".repeat(40),
    name: "main",
    timestamp: 1_700_000_000,
    data: null,
    error: null,
    experiments: Object.entries(experiments).map(([name, made], at) => madeExperiment(name, at, made)),
  };
}
