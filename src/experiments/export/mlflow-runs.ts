/** Experiments as MLflow sees them: runs with parameters, metrics and tags, below a run for their sweep. */
import { createHash } from "node:crypto";
import type { RunTime } from "../runs/run-times.ts";
import { type ExportRow, type ExportTable, numberOf, valueText } from "./rows.ts";

export interface MlflowRun {
  /** The same for the same experiment, always: what is there is not written twice. */
  readonly key: string;
  /** Of the run for its sweep. */
  readonly parent: string | undefined;
  readonly name: string;
  /** When it began, or where nobody knows any more: when its commit was made. Milliseconds since the epoch. */
  readonly at: number;
  /** undefined where nobody knows how long it took. */
  readonly endedAt: number | undefined;
  readonly params: ReadonlyMap<string, string>;
  readonly metrics: ReadonlyMap<string, number>;
  readonly tags: ReadonlyMap<string, string>;
}

/** By which a run is found again. */
export const keyTag = "sweepline.key";

/** MLflow takes letters, digits, `_`, `-`, `.` and blanks; a name is also that of a file there. */
function safeName(name: string): string {
  return (
    name
      .replace(/[^\w\-. ]/g, "_")
      .replace(/^\.+/, "_")
      .slice(0, 250) || "_"
  );
}

const longestValue = 5_000;

function keyOf(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** What the runs have in common. */
interface Export {
  /** MLflow's page shows a commit only beside the name of what it is of. */
  readonly project: string;
  /** By commit. */
  readonly times: ReadonlyMap<string, RunTime>;
}

function tagsOf({ name, commit, baseline, note }: ExportRow, { project }: Export): [string, string][] {
  return [
    ["mlflow.runName", name],
    ["mlflow.source.name", project],
    ["mlflow.source.type", "LOCAL"],
    ["mlflow.source.git.commit", commit],
    ["sweepline.baseline", baseline],
    ...(note.text === "" ? [] : ([["mlflow.note.content", note.text.slice(0, longestValue)]] as [string, string][])),
    ...(note.starred ? ([["sweepline.starred", "true"]] as [string, string][]) : []),
    ...note.tags.map((tag): [string, string] => [safeName(`tag.${tag}`), "true"]),
  ];
}

function runOf(row: ExportRow, given: Export): MlflowRun {
  const key = keyOf(`experiment ${row.commit}`);
  const parent = row.sweep === undefined ? undefined : keyOf(`sweep ${row.sweep}`);
  const params = [...row.params].map(([name, value]): [string, string] => [
    safeName(name),
    valueText(value).slice(0, longestValue),
  ]);
  const metrics = [...row.metrics].flatMap(([name, value]): [string, number][] => {
    const number = numberOf(value);
    return number === undefined ? [] : [[safeName(name), number]];
  });
  const tags = new Map([...tagsOf(row, given), [keyTag, key] as const]);
  if (row.sweep !== undefined) tags.set("sweepline.sweep", row.sweep);
  const { at, endedAt } = timeOf(row, given);
  return {
    key,
    parent,
    name: row.name,
    at,
    endedAt,
    params: new Map(params),
    metrics: new Map(metrics),
    tags,
  };
}

type Span = Pick<MlflowRun, "at" | "endedAt">;

function timeOf({ commit, createdAt }: ExportRow, { times }: Export): Span {
  const known = times.get(commit);
  return { at: known?.startedAt ?? createdAt * 1000, endedAt: known?.endedAt };
}

/** From the first beginning to the last end, where both are known. */
function spanOf(spans: readonly Span[]): Span {
  const at = spans.reduce((first, span) => Math.min(first, span.at), Infinity);
  const isKnown = spans.every(({ endedAt }) => endedAt !== undefined);
  const last = spans.reduce((end, { endedAt = 0 }) => Math.max(end, endedAt), 0);
  return { at, endedAt: isKnown ? last : undefined };
}

function sweepRun(sweep: string, { at, endedAt }: Span): MlflowRun {
  const key = keyOf(`sweep ${sweep}`);
  const tags = new Map([
    ["mlflow.runName", sweep],
    ["sweepline.sweep", sweep],
    [keyTag, key],
  ]);
  return { key, parent: undefined, name: sweep, at, endedAt, params: new Map(), metrics: new Map(), tags };
}

/** Parents first. */
export function mlflowRuns({ rows }: ExportTable, given: Export): readonly MlflowRun[] {
  const sweeps = new Map<string, Span[]>();
  for (const row of rows)
    if (row.sweep !== undefined) {
      const spans = sweeps.get(row.sweep) ?? [];
      sweeps.set(row.sweep, spans);
      spans.push(timeOf(row, given));
    }
  const parents = [...sweeps].map(([sweep, spans]) => sweepRun(sweep, spanOf(spans)));
  return [...parents, ...rows.map((row) => runOf(row, given))];
}
