/** Curves of several experiments: a column of their plots files, or a metric over their checkpoints. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { whenLoaded } from "../../base/not-loaded.ts";
import type { ObjectId } from "../../git/ids.ts";
import { dataReader } from "../../params/data-file.ts";
import { topPlots } from "../../pipeline/definition/plots.ts";
import { pathKey } from "../../pipeline/paths.ts";
import { diskSource } from "../../pipeline/reading/disk-source.ts";
import { type OpenRevision, openRevision } from "../reading/experiment-data.ts";
import { loadFiles, openReading, openTrees, type SharedReading } from "../reading/load-revisions.ts";
import { isPlotsFile, type PlotsTable, pointNumber, type ReadJson, readPlotsFile } from "../reading/plots-file.ts";
import type { UnreadableFile } from "../reading/unreadable.ts";
import type { ExperimentsContext } from "../repository.ts";
import { resolveRevisions } from "./compare.ts";
import type { NamedRevision } from "./compare-many.ts";
import { readCourse } from "./course.ts";

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

export interface Curve {
  /** As the user calls the experiment. */
  readonly label: string;
  /** Relative to the project; undefined: a metric over checkpoints. */
  readonly file: string | undefined;
  /** What the horizontal axis counts. */
  readonly axis: string;
  /** By x; of the same x the last. */
  readonly points: readonly CurvePoint[];
}

export interface Curves {
  readonly curves: readonly Curve[];
  /** Labels of what has no such column. */
  readonly without: readonly string[];
  readonly unreadable: readonly UnreadableFile[];
}

interface PlotsPlace {
  readonly file: string;
  readonly axis: string | undefined;
}

/** What dvc.yaml files call plots, folders as their files; what lies outside of the project is no commit's. */
function plotsPlaces({ reading, files }: OpenRevision): readonly PlotsPlace[] {
  const { root } = reading.project;
  const named = [
    ...reading.pipelines.flatMap((pipeline) =>
      topPlots(pipeline).map(({ file, x }) => ({ file: path.resolve(pipeline.folder, file), axis: x })),
    ),
    ...reading.stages.flatMap(({ outs, workingFolder }) =>
      outs
        .filter(({ kind }) => kind === "plot")
        .map((out) => ({ file: path.resolve(workingFolder, out.path), axis: undefined })),
    ),
  ].map(({ file, axis }) => ({ file: pathKey(root, file), axis }));
  const found = new Map<string, PlotsPlace>();
  for (const { file, axis } of named.filter(({ file }) => !path.isAbsolute(file)))
    for (const each of files.find(file).kind === "folder" ? files.filesBelow(file) : [file])
      if (isPlotsFile(each) && !found.has(each)) found.set(each, { file: each, axis });
  return [...found.values()];
}

/** `loss`, `train/loss`, or with its file `plots/all.csv:loss`. */
interface CurveKey {
  readonly file: string | undefined;
  readonly column: string;
  /** As DVCLive names the file: what `exp show` calls train.loss is train/loss.tsv, with a column loss. */
  readonly stem: string;
}

function curveKey(text: string): CurveKey {
  const at = text.lastIndexOf(":");
  const column = text.slice(at + 1);
  return { file: at < 0 ? undefined : text.slice(0, at), column, stem: column.replaceAll(".", "/") };
}

function hasStem(file: string, stem: string): boolean {
  return `/${file.replace(/\.[^.]*$/, "")}`.endsWith(`/${stem}`);
}

/** The files to look into, round by round: the next only where those before have no such column. */
function roundsOf(places: readonly PlotsPlace[], { file, stem }: CurveKey): readonly (readonly PlotsPlace[])[] {
  if (file !== undefined) return [places.filter((place) => place.file === file)];
  const own = places.filter((place) => hasStem(place.file, stem));
  return [own, places.filter((place) => !own.includes(place))];
}

function columnIn(table: PlotsTable, { column, stem }: CurveKey, file: string) {
  const named = table.get(column);
  return named ?? (hasStem(file, stem) ? table.get(path.posix.basename(stem)) : undefined);
}

/** One y for each x, the last that was written, in the order of x. */
function pointsOf(xs: readonly (number | undefined)[], ys: readonly (number | undefined)[]): readonly CurvePoint[] {
  const byX = new Map<number, number>();
  for (const [at, y] of ys.entries()) {
    const x = xs[at];
    if (x !== undefined && y !== undefined) byX.set(x, y);
  }
  return [...byX].map(([x, y]) => ({ x, y })).sort((a, b) => a.x - b.x);
}

/** Over the column that dvc.yaml names, over `step`, or over the rows from 1. */
function curveIn(table: PlotsTable, place: PlotsPlace, key: CurveKey): Omit<Curve, "label"> | undefined {
  const ys = columnIn(table, key, place.file);
  if (ys === undefined) return undefined;
  const axis = [place.axis, "step"].find((name) => name !== undefined && table.has(name)) ?? "row";
  const points = pointsOf(table.get(axis) ?? ys.map((_, at) => at + 1), ys);
  return points.length === 0 ? undefined : { file: place.file, axis, points };
}

interface Found {
  readonly curves: readonly Omit<Curve, "label">[];
  /** Messages of files that can't be read. */
  readonly problems: readonly string[];
}

type Bring = (files: readonly string[]) => Promise<void>;

async function curvesOf(
  revision: OpenRevision,
  key: CurveKey,
  how: { readonly bring: Bring; readonly json: ReadJson },
) {
  const places = await whenLoaded(() => plotsPlaces(revision));
  const problems: string[] = [];
  for (const round of roundsOf(places, key)) {
    await how.bring(round.map(({ file }) => file));
    const curves: Omit<Curve, "label">[] = [];
    for (const place of round)
      try {
        const table = await whenLoaded(() => {
          const answer = revision.files.find(place.file);
          return answer.kind === "file" ? readPlotsFile(place.file, answer.bytes, how.json) : undefined;
        });
        if (table === undefined) problems.push(`'${place.file}' is not here`);
        const curve = table && curveIn(table, place, key);
        if (curve !== undefined) curves.push(curve);
      } catch (error) {
        if (!(error instanceof SweeplineError)) throw error;
        problems.push(error.message);
      }
    if (curves.length > 0) return { curves, problems };
  }
  return { curves: [], problems };
}

/** The commit's plots files, or the workspace's. */
async function findIn(id: ObjectId | undefined, key: CurveKey, reading: SharedReading): Promise<Found> {
  const { project, readers } = reading;
  const json = await dataReader("x.json");
  if (id === undefined) {
    const place = { project, source: diskSource(project) };
    const revision = await whenLoaded(() => openRevision(place, readers));
    return curvesOf(revision, key, { json, bring: async () => undefined });
  }
  const tree = (await reading.objects.read(`${id}^{tree}`))?.id ?? id;
  const opened = (await openTrees([tree], reading)).get(tree);
  if (opened === undefined || opened instanceof SweeplineError)
    return { curves: [], problems: [opened?.message ?? ""] };
  const bring: Bring = async (files) => {
    const outcome = (await loadFiles(new Map([[tree, opened]]), () => files, reading)).get(tree);
    if (outcome instanceof SweeplineError) throw outcome;
  };
  return curvesOf(opened, key, { json, bring });
}

/** The metric of that name over the experiment's checkpoints; nothing of what is none. */
async function overCheckpoints(context: ExperimentsContext, rev: string, name: string): Promise<Found["curves"]> {
  try {
    const { points } = await readCourse(context, rev);
    const ys = points.map(({ metrics }) => pointNumber(metrics.get(name)));
    const course = pointsOf(
      ys.map((_, at) => at + 1),
      ys,
    );
    return course.length < 2 ? [] : [{ file: undefined, axis: "checkpoint", points: course }];
  } catch (error) {
    if (error instanceof SweeplineError && error.code === "NOT_AN_EXPERIMENT") return [];
    throw error;
  }
}

/**
 * The curves of these experiments, commits or the workspace, in their order; several of one that has such a column in several files.
 * Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS, REVISION_TOO_LARGE.
 * @param name of the column: `loss`, `train/loss`, `FILE:loss`; or a metric as `exp show` names it
 */
export async function readCurves(
  context: ExperimentsContext,
  revisions: readonly NamedRevision[],
  name: string,
): Promise<Curves> {
  const reading = await openReading(context, { kind: "tracked", params: "dependencies" });
  const curves: Curve[] = [];
  const without: string[] = [];
  const unreadable: UnreadableFile[] = [];
  try {
    const head = (await reading.objects.read("HEAD^{commit}"))?.id;
    const revs = revisions.map(({ rev }) => rev);
    const ids = await resolveRevisions(context, revs, { reading, head });
    for (const [at, { rev, label }] of revisions.entries()) {
      const found = await findIn(ids[at], curveKey(name), reading);
      const own = found.curves.length > 0 ? found.curves : await overCheckpoints(context, rev, name);
      curves.push(...own.map((curve) => ({ label, ...curve })));
      if (own.length === 0) without.push(label);
      if (own.length === 0) unreadable.push(...found.problems.map((message) => ({ revision: label, message })));
    }
  } finally {
    reading.close();
  }
  return { curves, without, unreadable };
}
