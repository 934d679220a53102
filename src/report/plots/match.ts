/** Plots of several revisions put together by name: one picture shows them all (DVC 3.67.1, render/match.py). */
import { isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import { filesOfPlot, isPicture } from "../../experiments/plots/sources.ts";
import type { PlotDefinition, RevisionPlots } from "../../experiments/plots/types.ts";
import type { FilledPlot } from "./anchors.ts";
import { type Datapoint, datapointsOf, type PlotFailure } from "./datapoints.ts";

export interface Picture {
  readonly rev: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** To be drawn by Vega-Lite from points, or pictures as they are. */
export type MatchedPlot =
  | ({ readonly kind: "vega"; readonly name: string } & FilledPlot)
  | { readonly kind: "image"; readonly name: string; readonly pictures: readonly Picture[] };

export interface PlotError extends PlotFailure {
  readonly rev: string;
  /** The plot; undefined where a revision can't be read at all. */
  readonly name?: string;
  readonly source?: string;
}

export interface MatchedPlots {
  readonly plots: readonly MatchedPlot[];
  readonly errors: readonly PlotError[];
}

interface Member extends PlotDefinition {
  readonly revision: RevisionPlots;
}

/** By name; one that several dvc.yaml files have is told apart by its file. */
function groupsOf(revisions: readonly RevisionPlots[]): ReadonlyMap<string, readonly Member[]> {
  const groups = new Map<string, Member[]>();
  for (const revision of revisions) {
    const times = new Map<string, number>();
    for (const { id } of revision.definitions) times.set(id, (times.get(id) ?? 0) + 1);
    for (const definition of revision.definitions) {
      const { id, file } = definition;
      const name = (times.get(id) ?? 0) > 1 && file !== "" ? `${file}::${id}` : id;
      groups.set(name, [...(groups.get(name) ?? []), { ...definition, revision }]);
    }
  }
  return groups;
}

/** What the first revision says counts most. */
function propsOf(members: readonly Member[]): ValueMap {
  return new Map(members.toReversed().flatMap(({ props }) => [...props]));
}

function isEmptyData(data: Value): boolean {
  return isMap(data) ? data.size === 0 : Array.isArray(data) && data.length === 0;
}

function dataOf({ revision, ...definition }: Member): ReadonlyMap<string, Value> {
  const found = filesOfPlot(definition).flatMap((file) => {
    const source = revision.sources.get(file);
    return source?.kind === "data" && !isEmptyData(source.data) ? [[file, source.data] as const] : [];
  });
  return new Map(found);
}

function sourceErrors(name: string, members: readonly Member[]): readonly PlotError[] {
  return members.flatMap(({ revision, ...definition }) =>
    filesOfPlot(definition).flatMap((source) => {
      const found = revision.sources.get(source);
      if (found?.kind !== "error") return [];
      return [{ name, rev: revision.rev, source, type: found.type, message: found.message }];
    }),
  );
}

function picturesOf(id: string, members: readonly Member[]): MatchedPlot {
  const pictures = members.flatMap(({ revision }) => {
    const source = revision.sources.get(id);
    return source?.kind === "image" ? [{ rev: revision.rev, file: id, bytes: source.bytes }] : [];
  });
  return { kind: "image", name: id, pictures };
}

function vegaPlot(name: string, members: readonly Member[]): readonly [MatchedPlot, readonly PlotError[]] {
  const shared = propsOf(members);
  const points: Datapoint[] = [];
  const revs: string[] = [];
  const errors: PlotError[] = [];
  let first: Pick<FilledPlot, "props" | "columns"> | undefined;
  for (const member of members) {
    const { rev } = member.revision;
    const found = datapointsOf({ id: member.id, props: shared, data: dataOf(member) }, rev);
    if ("type" in found) {
      errors.push({ name, rev, ...found });
      continue;
    }
    if (found.points.length === 0) continue;
    revs.push(rev);
    first ??= found;
    for (const point of found.points) points.push(point);
  }
  const props = new Map<Scalar, Value>([["title", name], ...(first?.props ?? [])]);
  return [{ kind: "vega", name, points, revs, props, columns: first?.columns ?? [] }, errors];
}

export function matchPlots(revisions: readonly RevisionPlots[]): MatchedPlots {
  const plots: MatchedPlot[] = [];
  const errors: PlotError[] = [];
  for (const [name, members] of groupsOf(revisions)) {
    errors.push(...sourceErrors(name, members));
    const picture = members.find(({ id }) => isPicture(id));
    if (picture !== undefined) {
      plots.push(picturesOf(picture.id, members));
      continue;
    }
    const [plot, failures] = vegaPlot(name, members);
    plots.push(plot);
    errors.push(...failures);
  }
  const whole = revisions.flatMap(({ rev, error }) => (error === undefined ? [] : [{ rev, ...error }]));
  return { plots, errors: [...errors, ...whole] };
}
