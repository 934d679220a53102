/** Data of plots' files as a list of points, with what the axes are (DVC 3.67.1, render/converter/vega.py). */
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";

/** One point: columns by name. */
export type Datapoint = Map<Scalar, Value>;

/** Why a revision's plot can't be drawn; `type`: DVC's name for it. */
export interface PlotFailure {
  readonly type: string;
  readonly message: string;
}

/** A file, which may be named shortly, and one of its columns. */
interface Column {
  readonly file: string;
  readonly field: string;
}

export interface Datapoints {
  readonly points: readonly Datapoint[];
  /** The plot's properties, with what was worked out: `x`, `y`, labels. */
  readonly props: ValueMap;
  readonly columns: readonly Column[];
}

interface PlotData {
  readonly id: string;
  readonly props: ValueMap;
  /** What the files hold that could be read. */
  readonly data: ReadonlyMap<string, Value>;
}

const stepField = "step";
const severalXs = "dvc_inferred_x_value";
const severalYs = "dvc_inferred_y_value";

function* listsIn(value: Value): Generator<readonly Value[]> {
  if (isList(value)) yield value;
  else if (isMap(value)) for (const item of value.values()) if (isList(item) || isMap(item)) yield* listsIn(item);
}

/** Lists of mappings that all have the same keys; several of them are laid side by side. */
function pointsIn(value: Value): readonly Datapoint[] {
  const points: Datapoint[] = [];
  for (const list of listsIn(value)) {
    const [first] = list;
    if (!isMap(first) || !list.every(isMap)) continue;
    if (list.some((each) => [...each.keys()].some((key) => !first.has(key)))) continue;
    for (const [at, point] of list.entries()) points[at] = new Map([...(points[at] ?? []), ...point]);
  }
  return points;
}

/** `{file: column}`, `{file: [columns]}`. */
function columnsOf(axis: Value | undefined): readonly Column[] {
  if (!isMap(axis)) return [];
  return [...axis].flatMap(([file, fields]) =>
    (isList(fields) ? fields : typeof fields === "string" ? [fields] : []).map((field) => ({
      file: String(file),
      field: String(field),
    })),
  );
}

/** The last column of the first list of rows. */
function lastColumn({ id, data }: PlotData): Value | undefined {
  for (const list of listsIn(data.get(id) ?? null)) {
    const [first] = list;
    if (isMap(first) && list.every(isMap)) return new Map([[id, [...first.keys()].at(-1) ?? null]]);
  }
  return undefined;
}

/** `x` and `y` as columns of files. A name alone is a column of the plot's own file. */
function axesOf(plot: PlotData): { readonly x: Value | undefined; readonly y: Value | undefined } {
  const [x, y] = [plot.props.get("x"), plot.props.get("y")];
  const own = (axis: Value) => new Map<Scalar, Value>([[plot.id, axis]]);
  const repeated = (column: string) =>
    isMap(y)
      ? new Map([...y].map(([file, fields]) => [file, isList(fields) ? fields.map(() => column) : column]))
      : own(column);
  return {
    x: typeof x === "string" ? repeated(x) : x,
    y: y === undefined || y === null ? lastColumn(plot) : isMap(y) ? y : own(y),
  };
}

function labelOf(columns: readonly Column[], several: string): string {
  const fields = new Set(columns.map(({ field }) => field));
  const [only] = fields;
  return fields.size === 1 && only !== undefined ? only : several;
}

/** DVC looks at `y` as it is written, and only then at the files. */
function yLabel(y: Value | undefined, columns: readonly Column[]): Value | undefined {
  if (typeof y === "string") return y;
  if (isList(y)) return "y";
  return isMap(y) ? labelOf(columns, "y") : undefined;
}

const failed = (type: string, message: string): PlotFailure => ({ type, message });

function missingColumn(files: ReadonlyMap<string, readonly Datapoint[]>, columns: readonly Column[]) {
  for (const { file, field } of columns) {
    const first = files.get(file)?.[0];
    if (first !== undefined && !first.has(field))
      return failed(
        "FieldNotFoundError",
        `Could not find provided field ('${field}') in data fields ('${[...first.keys()].join(", ")}').`,
      );
  }
  return undefined;
}

/** As Python's os.path.commonpath, of relative paths. */
function commonPath(files: readonly string[]): string {
  const [first = [], ...others] = files.map((file) => file.split("/"));
  const differs = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  return (differs === -1 ? first : first.slice(0, differs)).join("/");
}

function shortNames(columns: readonly Column[]): (file: string) => string {
  const files = [...new Set(columns.map(({ file }) => file))];
  const cut = files.length > 1 ? commonPath(files).length : 0;
  return (file) => file.slice(cut).replace(/^[/\\]+|[/\\]+$/g, "");
}

interface Axes {
  readonly xs: readonly Column[];
  readonly ys: readonly Column[];
  /** What the points call them. */
  readonly xName: string;
  readonly yName: string | undefined;
}

function namedAxes(xs: readonly Column[], ys: readonly Column[]): Axes {
  const fields = (columns: readonly Column[]) => new Set(columns.map(({ field }) => field));
  return {
    xs,
    ys,
    xName: fields(xs).size > 1 ? severalXs : (xs[0]?.field ?? stepField),
    yName: fields(ys).size > 1 ? severalYs : ys[0]?.field,
  };
}

type Files = ReadonlyMap<string, readonly Datapoint[]>;

function pointsOfColumn(at: number, { xs, ys, xName, yName }: Axes, files: Files): readonly Datapoint[] | PlotFailure {
  const y = ys[at];
  if (y === undefined) return [];
  const points = (files.get(y.file) ?? []).map((point) => new Map(point));
  const x = xs.length > 1 ? xs[at] : xs[0];
  const others = x === undefined ? undefined : (files.get(x.file) ?? []);
  if (x !== undefined && others?.length !== points.length)
    return failed(
      "DvcException",
      `Cannot join '${x.field}' from '${x.file}' and '${y.field}' from '${y.file}'. They have to have same length.`,
    );
  for (const [index, point] of points.entries()) {
    const value = point.get(y.field);
    if (yName === severalYs && value !== undefined) point.set(severalYs, value);
    const xValue = x === undefined ? BigInt(index) : others?.[index]?.get(x.field);
    if (xValue !== undefined) point.set(xName, xValue);
  }
  return points;
}

/** The points of one revision, or why there are none. Without readable data: no points. */
export function datapointsOf(plot: PlotData, rev: string): Datapoints | PlotFailure {
  const files = new Map([...plot.data].map(([file, data]) => [file, pointsIn(data)]));
  const axes = axesOf(plot);
  const [xs, ys] = [columnsOf(axes.x), columnsOf(axes.y)];
  const missing = missingColumn(files, xs) ?? missingColumn(files, ys);
  if (missing !== undefined) return missing;
  if (xs.length > 1 && xs.length !== ys.length)
    return failed(
      "DvcException",
      `Cannot have different number of x and y data sources. Found ${xs.length} x and ${ys.length} y data sources.`,
    );
  const named = namedAxes(xs, ys);
  const short = shortNames(ys);
  const all: Datapoint[] = [];
  for (const [at, { file, field }] of ys.entries()) {
    const points = pointsOfColumn(at, named, files);
    if ("type" in points) return points;
    for (const point of points) all.push(point.set("rev", rev).set("filename", short(file)).set("field", field));
  }
  if (all.length === 0) return { points: [], props: new Map(), columns: [] };
  const inferred: readonly (readonly [string, Value | undefined])[] = [
    ["x_label", plot.props.get("x_label") ?? (xs.length === 0 ? stepField : labelOf(xs, "x"))],
    ["y_label", plot.props.get("y_label") ?? yLabel(axes.y, ys)],
    ["x", named.xName],
    ["y", named.yName],
  ];
  const known = inferred.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  const columns = ys.map(({ file, field }) => ({ file: short(file), field }));
  return { points: all, props: new Map<Scalar, Value>([...plot.props, ...known]), columns };
}
