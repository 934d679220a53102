/** From arguments to points: overrides, `@file`, and lists of points. */
import { SweeplineError } from "../../../base/errors.ts";
import { traced } from "../../../base/trace/trace.ts";
import type { ProjectConfigs } from "../../../config/project-config.ts";
import type { SweeperOverride } from "../../../config/sweeper-params.ts";
import { singleEdits, underGiven } from "../../../sweep/config-sweep.ts";
import { type ExpandOptions, type Expansion, expandPoints, readAxes } from "../../../sweep/expand.ts";
import { readPointsFile } from "../../../sweep/points-file.ts";
import { expandOptions } from "../../options/composition.ts";
import { readNamedFile, withOverrideFiles } from "../../options/override-files.ts";
import type { Io } from "../../terminal/io.ts";

async function readStdin(io: Io): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of io.stdin) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts).toString();
}

export interface PointSources {
  readonly overrides: readonly string[];
  /** A CSV or JSON-lines file of points, "-" for standard input. */
  readonly pointsFile: string | undefined;
  /** Where params.yaml is composed: its configs. Their hydra.sweeper.params come before the overrides, which win. */
  readonly configs: ProjectConfigs | undefined;
}

/** The points, and the words that stand for the sweep in its id. Throws EMPTY_SWEEP for no points. */
export function readPoints(io: Io, sources: PointSources): Promise<ReadPoints> {
  const detail = (read: ReadPoints | undefined) => `${read?.points.length ?? 0} points`;
  return traced<Promise<ReadPoints>>({ topic: "sweep", name: "expand", detail }, () => read(io, sources));
}

type ReadPoints = Expansion & { readonly words: readonly string[] };

async function read(io: Io, sources: PointSources): Promise<ReadPoints> {
  const given = withOverrideFiles(sources.overrides);
  const { pointsFile, configs } = sources;
  const options = expandOptions(configs);
  const overrides = pointsFile === undefined ? withConfigSweep(given, configs) : given;
  if (overrides.length === 0 && pointsFile === undefined) throw noOverrides(configs);
  if (pointsFile === undefined) return { ...notEmpty(expandPoints(overrides, options)), words: overrides };
  if (overrides.length > 0)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--points and overrides exclude each other",
    });
  const text = pointsFile === "-" ? await readStdin(io) : readNamedFile(pointsFile);
  const format = /^\s*\{/.test(text) || /\.(jsonl|ndjson|json)$/.test(pointsFile) ? "jsonl" : "csv";
  const name = pointsFile === "-" ? "the standard input" : `'${pointsFile}'`;
  const points = await readPointsFile(text, format, { ...options, name });
  if (points.length === 0) throw noPointsInFile(pointsFile);
  return { points, isSweep: true, words: ["--points", text] };
}

/** The sweep that lives in the config, as the overrides leave it, and the overrides. */
function withConfigSweep(given: readonly string[], configs: ProjectConfigs | undefined): readonly string[] {
  if (configs === undefined) return given;
  const options = expandOptions(configs);
  const own = configs.sweeperParams(singleEdits(given, options));
  const texts = own.map(({ text }) => text);
  const overrides = underGiven(texts, given, options);
  const inUse = new Set(overrides);
  for (const param of own) if (inUse.has(param.text)) checkParam(param, options);
  return overrides;
}

/** What is wrong with an override of the config is told with its place there. */
function checkParam({ text, place }: SweeperOverride, options: ExpandOptions): void {
  try {
    readAxes([text], options);
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

function noOverrides(configs: ProjectConfigs | undefined): SweeplineError {
  const inConfig = configs === undefined ? "" : ", or hydra.sweeper.params in the config";
  return new SweeplineError({
    code: "NO_OVERRIDES",
    message: `a sweep needs overrides, a file of them (@sweep.txt) or --points FILE${inConfig}`,
  });
}

/** A sweep of no points (range(5,1)) is refused: it would look like success. */
export function notEmpty(expansion: Expansion): Expansion {
  if (expansion.points.length > 0) return expansion;
  throw new SweeplineError({
    code: "EMPTY_SWEEP",
    message: "the sweep has no points",
    hint: "One of its overrides expands to nothing: `sweepline expand OVERRIDE...` shows each.",
  });
}
