/** `exp show --json`: DVC's ExpState and ExpRange (DVC 3.67.1, repo/experiments/serialize.py), which its VS Code extension reads. */
import type { Value, ValueMap } from "../base/value.ts";
import type {
  Baseline,
  Executor,
  Experiment,
  ExperimentData,
  ExperimentState,
  FileResult,
} from "../experiments/reading/types.ts";
import type { DependencyState, OutputState } from "../pipeline/reading/lock-states.ts";
import { isoTime } from "./dates.ts";
import type { JsonItem } from "./json.ts";

type Fields = Readonly<Record<string, Value>>;

function record(fields: Fields): ValueMap {
  return new Map(Object.entries(fields));
}

function mapValues<T>(map: ReadonlyMap<string, T>, convert: (value: T) => Value): ValueMap {
  return new Map([...map].map(([key, value]) => [key, convert(value)]));
}

function integer(value: number | null): Value {
  return value === null ? null : BigInt(value);
}

/** `{data: ...}`, or `{error: {type, msg}}`. */
export function fileResultValue(result: FileResult): ValueMap {
  if (result.kind === "data") return record({ data: result.data });
  return record({ error: record({ type: result.type, msg: result.message }) });
}

function dependencyFields({ hash, size, nfiles }: DependencyState): Fields {
  return { hash, size: integer(size), nfiles: integer(nfiles) };
}

function outputValue(output: OutputState): ValueMap {
  return record({
    ...dependencyFields(output),
    use_cache: output.useCache,
    is_data_source: output.isDataSource,
  });
}

function dataValue(state: ExperimentState, data: ExperimentData): ValueMap {
  return record({
    // A run that goes on is read from its workspace, and DVC's readers expect that name.
    rev: state.timestamp === null ? "workspace" : state.rev,
    timestamp: state.timestamp === null ? null : isoTime(state.timestamp),
    params: mapValues(data.params, fileResultValue),
    metrics: mapValues(data.metrics, fileResultValue),
    deps: mapValues(data.deps, (dependency) => record(dependencyFields(dependency))),
    outs: mapValues(data.outs, outputValue),
    meta: new Map(),
  });
}

function stateFields(state: ExperimentState): Fields {
  return {
    rev: state.rev,
    name: state.name,
    data: state.data === null ? null : dataValue(state, state.data),
    error: state.error === null ? null : record({ msg: state.error.message, type: state.error.type }),
  };
}

function executorValue(executor: Executor | null): Value {
  if (executor === null) return null;
  const { state, name, local } = executor;
  const localFields = local && {
    root: local.root,
    log: local.log,
    pid: integer(local.pid),
    returncode: integer(local.returnCode),
    task_id: local.taskId,
  };
  return record({ state, name, local: localFields === null ? null : record(localFields) });
}

/** What DVC has no experiments of: trials of a search, and those that were ended as hopeless. */
function ownFields({ trial, stoppedAt }: Experiment): Fields {
  return {
    ...(trial === undefined ? {} : { trial: BigInt(trial) }),
    ...(stoppedAt === undefined ? {} : { stopped_at: stoppedAt }),
  };
}

function experimentValue(experiment: Experiment): ValueMap {
  return record({
    revs: experiment.revs.map((rev) => record({ ...stateFields(rev), experiments: null })),
    executor: executorValue(experiment.executor),
    name: experiment.name,
    ...ownFields(experiment),
  });
}

/** The items of the list that `exp show --json` prints, made when they are asked for. */
export function* experimentsAsJson(baselines: readonly Baseline[]): Generator<JsonItem> {
  for (const baseline of baselines) {
    const { experiments } = baseline;
    if (experiments.length === 0) yield record({ ...stateFields(baseline), experiments: null });
    else yield { fields: record(stateFields(baseline)), lastKey: "experiments", items: valuesOf(experiments) };
  }
}

function* valuesOf(experiments: readonly Experiment[]): Generator<Value> {
  for (const experiment of experiments) yield experimentValue(experiment);
}
