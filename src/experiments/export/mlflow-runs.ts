/** Experiments as MLflow sees them: runs with parameters, metrics and tags, below a run for their sweep. */
import { createHash } from "node:crypto";
import { type ExportRow, type ExportTable, numberOf, valueText } from "./rows.ts";

export interface MlflowRun {
  /** The same for the same experiment, always: what is there is not written twice. */
  readonly key: string;
  /** Of the run for its sweep. */
  readonly parent: string | undefined;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
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

function tagsOf({ name, commit, baseline, note }: ExportRow): [string, string][] {
  return [
    ["mlflow.runName", name],
    ["mlflow.source.git.commit", commit],
    ["sweepline.baseline", baseline],
    ...(note.text === "" ? [] : ([["mlflow.note.content", note.text.slice(0, longestValue)]] as [string, string][])),
    ...note.tags.map((tag): [string, string] => [safeName(`tag.${tag}`), "true"]),
  ];
}

function runOf(row: ExportRow): MlflowRun {
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
  const tags = new Map([...tagsOf(row), [keyTag, key] as const]);
  if (row.sweep !== undefined) tags.set("sweepline.sweep", row.sweep);
  return {
    key,
    parent,
    name: row.name,
    at: row.createdAt * 1000,
    params: new Map(params),
    metrics: new Map(metrics),
    tags,
  };
}

function sweepRun(sweep: string, at: number): MlflowRun {
  const key = keyOf(`sweep ${sweep}`);
  const tags = new Map([
    ["mlflow.runName", sweep],
    ["sweepline.sweep", sweep],
    [keyTag, key],
  ]);
  return { key, parent: undefined, name: sweep, at, params: new Map(), metrics: new Map(), tags };
}

/** Parents first. */
export function mlflowRuns({ rows }: ExportTable): readonly MlflowRun[] {
  const sweeps = new Map<string, MlflowRun>();
  for (const { sweep, createdAt } of rows)
    if (sweep !== undefined && !sweeps.has(sweep)) sweeps.set(sweep, sweepRun(sweep, createdAt * 1000));
  return [...sweeps.values(), ...rows.map(runOf)];
}
