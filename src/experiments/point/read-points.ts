/** From arguments to points: overrides, `@file`, and lists of points. */
import { SweeplineError } from "../../base/errors.ts";
import { namedFile, readNamedFile } from "../../base/named-file.ts";
import { traced } from "../../base/trace.ts";
import type { ProjectConfigs } from "../../config/project-config.ts";
import type { SweeperOverride } from "../../config/sweeper-params.ts";
import type { SweeperSettings } from "../../config/sweeper-settings.ts";
import { singleEdits, underGiven } from "../../sweep/config-sweep.ts";
import { drawnAxes, type Expansion, type ReadArgument, readArguments } from "../../sweep/expand.ts";
import { withOverrideFiles } from "../../sweep/overrides-file.ts";
import { readPointsFile } from "../../sweep/points-file.ts";
import { expandShape, isGrid, type SweepShape, shapeWords } from "../../sweep/shape.ts";
import { expandOptions } from "./composition.ts";
import { shapeUnder } from "./config-shape.ts";

export interface PointSources {
  readonly overrides: readonly string[];
  readonly shape: SweepShape;
  /** A CSV or JSON-lines file of points, "-" for standard input. */
  readonly pointsFile: string | undefined;
  /** Where params.yaml is composed: its configs. Their hydra.sweeper.params come before the overrides, which win. */
  readonly configs: ProjectConfigs | undefined;
  /** Where the names of files start. */
  readonly folder: string;
  /** The text of the standard input. */
  readStdin(): Promise<string>;
}

/** The points, and the words that stand for the sweep in its id. Throws EMPTY_SWEEP for no points. */
export function readPoints(sources: PointSources): Promise<ReadPoints> {
  const detail = (read: ReadPoints | undefined) => `${read?.points.length ?? 0} points`;
  return traced<Promise<ReadPoints>>({ topic: "sweep", name: "expand", detail }, () => read(sources));
}

type ReadPoints = Expansion & {
  readonly words: readonly string[];
  /** The key in which replicas of a point differ, where there are some. */
  readonly replicas?: string;
};

async function read(sources: PointSources): Promise<ReadPoints> {
  const { pointsFile, configs, folder, shape } = sources;
  const given = [sources.overrides, ...shape.and].map((overrides) => withOverrideFiles(overrides, folder));
  if (pointsFile === undefined) return sweepPoints(given, shape, configs);
  if (given.flat().length > 0 || !isGrid(shape)) {
    const message = "--points excludes overrides, --zip, --and, --repeat, --sample, --where and --when";
    throw new SweeplineError({ code: "BAD_OPTIONS", message });
  }
  const text = pointsFile === "-" ? await sources.readStdin() : readNamedFile(namedFile(folder, pointsFile));
  const format = /^\s*\{/.test(text) || /\.(jsonl|ndjson|json)$/.test(pointsFile) ? "jsonl" : "csv";
  const name = pointsFile === "-" ? "the standard input" : `'${pointsFile}'`;
  const points = await readPointsFile(text, format, { ...expandOptions(configs), name });
  if (points.length === 0) throw noPointsInFile(pointsFile);
  return { points, isSweep: true, words: ["--points", text] };
}

/** The overrides of one command line, with the sweep of the config that they stand over. Throws NO_OVERRIDES. */
export function readOverrides(
  overrides: readonly string[],
  { configs, folder }: Pick<PointSources, "configs" | "folder">,
): readonly ReadArgument[] {
  const given = withOverrideFiles(overrides, folder);
  const read = readPart(given, configs);
  if (read.length === 0) throw noOverrides("a search needs overrides, or a file of them (@space.txt)", configs);
  return read;
}

/** What the config says of its sweep, as the overrides leave it; undefined where there are no configs. */
export function sweeperUnder(
  overrides: readonly string[],
  { configs, folder }: Pick<PointSources, "configs" | "folder">,
): SweeperSettings | undefined {
  const options = expandOptions(configs);
  const read = () => [...readArguments(withOverrideFiles(overrides, folder), options)];
  return configs?.sweeper(singleEdits(read(), options));
}

function readPart(given: readonly string[], configs: ProjectConfigs | undefined): readonly ReadArgument[] {
  return configs === undefined ? [...readArguments(given, {})] : withConfigSweep(given, configs);
}

/** The shape with what the config says of it, and the overrides of each sub-sweep: those of the config stand under the given ones. */
function shapedParts(
  given: readonly (readonly string[])[],
  shape: SweepShape,
  configs: ProjectConfigs | undefined,
): { readonly shape: SweepShape; readonly parts: readonly (readonly string[])[] } {
  if (configs === undefined) return { shape, parts: given };
  const options = expandOptions(configs);
  const [first = [], ...others] = given;
  const read = [...readArguments(first, options)];
  const whole = shapeUnder(configs.sweeper(singleEdits(read, options)), shape);
  const under = (texts: readonly string[]) =>
    underGiven([...readArguments(texts, options)], read, options).map(({ argument }) => argument);
  return { shape: whole, parts: [first, ...(others.length > 0 ? others : whole.and.map(under))] };
}

/** Each override is read from its text once. @param given of each sub-sweep */
async function sweepPoints(
  given: readonly (readonly string[])[],
  asked: SweepShape,
  configs: ProjectConfigs | undefined,
) {
  const options = expandOptions(configs);
  const { shape, parts: texts } = shapedParts(given, asked, configs);
  const parts = texts.map((overrides) => readPart(overrides, configs));
  if (parts.some((part) => part.length === 0))
    throw noOverrides("a sweep needs overrides, a file of them (@sweep.txt) or --points FILE", configs);
  const words = parts.map((part) => part.map(({ argument }) => argument));
  const [first = [], ...and] = words;
  const expansion = notEmpty(await expandShape(parts, shape, options));
  return {
    ...expansion,
    words: [...first, ...shapeWords({ ...shape, and })],
    ...(shape.repeat === undefined ? {} : { replicas: shape.repeat.key }),
  };
}

/** The sweep that lives in the config, as the overrides leave it, and the overrides. */
function withConfigSweep(given: readonly string[], configs: ProjectConfigs): readonly ReadArgument[] {
  const options = expandOptions(configs);
  const read = [...readArguments(given, options)];
  const own = configs.sweeper(singleEdits(read, options)).params.map((param) => {
    const [override] = readArguments([param.text], options);
    return { param, override };
  });
  const params = own.flatMap(({ override }) => (override === undefined ? [] : [override]));
  const overrides = underGiven(params, read, options);
  const inUse = new Set(overrides.map(({ argument }) => argument));
  for (const { param, override } of own)
    if (override !== undefined && inUse.has(param.text)) checkParam(param, () => drawnAxes([override], options));
  return overrides;
}

/** What is wrong with an override of the config is told with its place there. */
function checkParam({ place }: SweeperOverride, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    throw new SweeplineError({ ...error.toFacts(), message: `${place} (hydra.sweeper.params): ${error.message}` });
  }
}

function noPointsInFile(name: string): SweeplineError {
  const what = name === "-" ? "the standard input" : `'${name}'`;
  return new SweeplineError({
    code: "EMPTY_SWEEP",
    message: `${what} has no points`,
    hint: "A CSV file has a header of keys, then one point a row; a file of JSON lines has one object a point.",
  });
}

function noOverrides(need: string, configs: ProjectConfigs | undefined): SweeplineError {
  const inConfig = configs === undefined ? "" : ", or hydra.sweeper.params in the config";
  return new SweeplineError({
    code: "NO_OVERRIDES",
    message: `${need}${inConfig}`,
  });
}

/** A sweep of no points (range(5,1)) is refused: it would look like success. */
export function notEmpty(expansion: Expansion): Expansion {
  if (expansion.points.length > 0) return expansion;
  throw new SweeplineError({
    code: "EMPTY_SWEEP",
    message: "the sweep has no points",
    hint: "One of its overrides expands to nothing, or --where holds for no point: `sweepline expand OVERRIDE...` shows each.",
  });
}
