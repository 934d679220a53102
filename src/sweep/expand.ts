/** From the overrides of a command line to the points of a sweep. */

import { SweeplineError } from "../base/errors.ts";
import { defaultParamsFile } from "../params/default-file.ts";
import type { EvaluatedOverride } from "./evaluate.ts";
import { type EvaluationOutcome, evaluateOverride, issueError, sweepOf } from "./evaluate.ts";
import type { EvaluationContext } from "./functions/chance.ts";
import type { IntervalSweep } from "./functions/elements.ts";
import { EvaluationError } from "./functions/evaluation-error.ts";
import { intervalElement } from "./functions/intervals.ts";
import { renderElement } from "./functions/render.ts";
import { paramEdit, rereadElement } from "./param-edit.ts";
import { axisValues, combinationCount, combinations } from "./product.ts";
import { blanksHint } from "./split-words.ts";
import type { Point, PointOverride, SweepAxis } from "./types.ts";

export interface ExpandOptions extends EvaluationContext {
  /** Files whose overrides go to config composition, where groups and packages are allowed: their names, or all. */
  readonly composed?: readonly string[] | "all";
  /** The options of a config group of a composed file, for glob(); undefined where there is no such group. */
  readonly groupOptions?: ((group: string) => readonly string[] | undefined) | undefined;
}

export interface Expansion {
  readonly points: readonly Point[];
  /** Whether any override is a sweep, if only over one value: such a command queues. */
  readonly isSweep: boolean;
}

/** More points than this do not fit into memory, nor into a lifetime of runs. */
export const maxPoints = 1_000_000;

export interface FileOverride {
  readonly file: string;
  readonly text: string;
}

/** `[file:]override`: the file ends at the first `:` that comes before the first `=` (DVC's --set-param). Throws FILE_NAME_MISSING. */
export function splitFile(argument: string): FileOverride {
  const equal = argument.indexOf("=");
  const head = equal < 0 ? argument : argument.slice(0, equal);
  const colon = head.indexOf(":");
  if (colon < 0) return { file: defaultParamsFile, text: argument };
  if (colon === 0) throw fileNameMissing(argument);
  return { file: argument.slice(0, colon), text: argument.slice(colon + 1) };
}

function fileNameMissing(argument: string): SweeplineError {
  return new SweeplineError({
    code: "FILE_NAME_MISSING",
    message: "Cannot read the override: the name of the file before ':' is missing.",
    hint: `Write FILE:KEY=VALUE, or KEY=VALUE for ${defaultParamsFile}.`,
    place: { name: "override", text: argument, offset: 0, length: 1 },
  });
}

/**
 * The points of a list of `[file:]override`: per file Hydra's product, the last key fastest, and across files the last
 * file fastest. Without a sweep there is one point, with the overrides as typed.
 * @throws SweeplineError with the place of the first issue, where an override cannot be read or be swept over
 */
export function expandPoints(args: readonly string[], options: ExpandOptions = {}): Expansion {
  return expansionOf(readableOverrides(readArguments(args, options), args), options);
}

/** A `[file:]override` that was read; it may be one that can't be. */
export interface ReadArgument {
  readonly argument: string;
  readonly file: string;
  readonly text: string;
  readonly outcome: EvaluationOutcome;
}

/** Reads them one by one, as they are asked for. Throws FILE_NAME_MISSING. */
export function* readArguments(args: readonly string[], options: ExpandOptions): Generator<ReadArgument, void> {
  for (const argument of args) {
    const { file, text } = splitFile(argument);
    yield { argument, file, text, outcome: evaluateOverride(text, options) };
  }
}

/** As expandPoints, for overrides that were read. */
export function expandRead(args: readonly ReadArgument[], options: ExpandOptions): Expansion {
  return expansionOf(readableOverrides(args, wordsOf(args)), options);
}

function wordsOf(args: readonly ReadArgument[]): readonly string[] {
  return args.map(({ argument }) => argument);
}

function expansionOf(overrides: readonly ReadOverride[], options: ExpandOptions): Expansion {
  const isSweep = overrides.some(({ override }) => sweepOf(override) !== undefined);
  if (!isSweep) {
    const point = overrides.map(({ file, override }) =>
      pointOverride({ file, override, options }, override.value, override.text),
    );
    return { points: [{ index: 0, overrides: point }], isSweep };
  }
  return { points: productOf(sweepAxes(overrides, options)), isSweep };
}

/** The axes of some overrides, in order. Throws as expandPoints. */
export function axesOfArguments(args: readonly ReadArgument[], options: ExpandOptions): SweepAxis[] {
  return sweepAxes(readableOverrides(args, wordsOf(args)), options);
}

/** The axes of some `[file:]override`, in order. Throws as expandPoints. */
export function readAxes(args: readonly string[], options: ExpandOptions = {}): SweepAxis[] {
  return sweepAxes(readableOverrides(readArguments(args, options), args), options);
}

/** One key of one file, and what is drawn for it: one of its values, or any value of an interval. */
export interface DrawnAxis extends Omit<SweepAxis, "values"> {
  /** How many there are; undefined: an interval has no number of values. */
  readonly count: number | undefined;
  /** Of an interval: its ends. */
  readonly interval?: IntervalSweep;
  /** "numbers": values in the order of their size, of a range. */
  readonly list?: { readonly kind: "numbers" | "choices"; readonly texts: readonly string[] };
  /** @param share from 0 up to 1 */
  at(share: number): PointOverride;
}

/** As axesOfArguments, where intervals have a place. */
export function drawnAxes(args: readonly ReadArgument[], options: ExpandOptions): DrawnAxis[] {
  const axes = new Map<string, DrawnAxis>();
  for (const { file, override } of readableOverrides(args, wordsOf(args))) {
    const key = override.keyElement;
    axes.set(`${file}\0${key}`, { file, key, ...drawnFrom({ file, override, options }) });
  }
  return [...axes.values()];
}

function drawnFrom(source: Source): Omit<DrawnAxis, "file" | "key"> {
  const sweep = sweepOf(source.override);
  if (sweep?.kind === "interval") {
    const at = (share: number): PointOverride => {
      const element = guarded(source.override, () => intervalElement(sweep, share));
      return pointOverride(source, element, `${source.override.keyElement}=${renderElement(element)}`);
    };
    return { count: undefined, interval: sweep, at };
  }
  const values = axisPointOverrides(source);
  const at = (share: number): PointOverride => {
    const value = values[Math.floor(share * values.length)];
    if (value === undefined) throw new Error("a share of an axis without values");
    return value;
  };
  const kind = sweep?.kind === "range" && sweep.order === "given" ? "numbers" : "choices";
  return { count: values.length, list: { kind, texts: values.map(({ text }) => text) }, at };
}

interface ReadOverride {
  readonly file: string;
  readonly override: EvaluatedOverride;
}

/** Grouped by file in order of first appearance; the first that can't be read is told. */
function readableOverrides(read: Iterable<ReadArgument>, args: readonly string[]): ReadOverride[] {
  const byFile = new Map<string, ReadOverride[]>();
  let index = -1;
  for (const { file, text, outcome } of read) {
    index++;
    if (!outcome.ok) {
      const hint = blanksHint(args, index);
      throw issueError(text, hint === undefined ? outcome.issue : { ...outcome.issue, hint });
    }
    const group = byFile.get(file) ?? [];
    byFile.set(file, group);
    group.push({ file, override: outcome.override });
  }
  return [...byFile.values()].flat();
}

/** One axis a file and key; a key given again keeps its place and takes the new values. */
function sweepAxes(overrides: readonly ReadOverride[], options: ExpandOptions): SweepAxis[] {
  const axes = new Map<string, SweepAxis>();
  for (const { file, override } of overrides) {
    const from = { file, override, options };
    axes.set(`${file}\0${override.keyElement}`, { file, key: override.keyElement, values: axisPointOverrides(from) });
  }
  return [...axes.values()];
}

interface Source {
  readonly file: string;
  readonly override: EvaluatedOverride;
  readonly options: ExpandOptions;
}

/** Each value is rendered and turned into an edit once, however many points have it. */
function axisPointOverrides(source: Source): PointOverride[] {
  const { override } = source;
  const options = withGlobOptions(source);
  if (targetOf(source.file, options) === "config" && sweepOf(override) !== undefined && /^hydra[./]/.test(override.key))
    throw refusal(
      override,
      new EvaluationError(
        "HYDRA_SWEPT",
        `Sweeping over Hydra's configuration is not supported : '${override.text}'`,
        "For a text with commas put the value into quotes.",
      ),
    );
  return guarded(override, () => {
    const values = axisValues(override, options);
    if (values.length === 0 && override.valueType === "glob_choice_sweep") throw noMatch(override, options);
    return values.map(({ element, text }) => pointOverride(source, rereadElement(text, element), text));
  });
}

function noMatch({ text, key }: EvaluatedOverride, { globOptions = [] }: ExpandOptions): EvaluationError {
  const message = `'${text}' matches no option of the config group '${key}'.`;
  return new EvaluationError("GLOB_NO_MATCH", message, `Its options are: ${globOptions.join(", ")}.`);
}

/** What the overrides of a file are for: an edit of the file, or the composition that makes it. */
export function targetOf(file: string, { composed }: ExpandOptions): "file" | "config" {
  return composed === "all" || composed?.includes(file) === true ? "config" : "file";
}

/** A glob takes the options of the group that it is for; of any other key it is refused. */
function withGlobOptions({ file, override, options }: Source): ExpandOptions {
  if (override.valueType !== "glob_choice_sweep" || options.globOptions !== undefined) return options;
  const globOptions = targetOf(file, options) === "config" ? options.groupOptions?.(override.key) : undefined;
  if (globOptions !== undefined) return { ...options, globOptions };
  const hint = `glob() picks from the options of a config group, and ${whyNoGroup(file, override, options)}.`;
  const error = new EvaluationError("GLOB_NOT_SUPPORTED", `Glob override '${override.text}' is not supported.`, hint);
  throw refusal(override, error);
}

function whyNoGroup(file: string, { key }: EvaluatedOverride, options: ExpandOptions): string {
  if (options.groupOptions === undefined)
    return "composition is off here: hydra.enabled switches it on, --no-hydra off for one command";
  return targetOf(file, options) === "file" ? `'${file}' is not composed` : `'${key}' is none`;
}

function pointOverride(source: Source, value: EvaluatedOverride["value"], text: string): PointOverride {
  const { file, override, options } = source;
  const target = targetOf(file, options);
  return guarded(override, () => ({ file, text, edit: paramEdit({ override, value, text, target }) }));
}

function guarded<T>(override: EvaluatedOverride, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof EvaluationError ? refusal(override, error) : error;
  }
}

/** An override that reads well and is refused all the same, as the failure that the command line prints. */
export function refusal({ text, tree }: EvaluatedOverride, { code, message, hint }: EvaluationError): SweeplineError {
  const value = tree.value ?? tree.key;
  const place = { name: "override", text, offset: value.offset, length: value.length };
  return new SweeplineError({ code, message, place, ...(hint === undefined ? {} : { hint }) });
}

/** Throws TOO_MANY_POINTS. */
export function refuseTooMany(count: number): void {
  if (count <= maxPoints) return;
  throw new SweeplineError({
    code: "TOO_MANY_POINTS",
    message: `The sweep has ${count} points; ${maxPoints} is the most.`,
    hint: "Sweep over fewer values, draw some of the points with --sample, or split the sweep.",
  });
}

/** The points share the overrides of their axes, so that a point costs one small list. */
function productOf(axes: readonly SweepAxis[]): Point[] {
  const lists = axes.map((axis) => axis.values);
  refuseTooMany(combinationCount(lists));
  const points: Point[] = [];
  for (const overrides of combinations(lists)) points.push({ index: points.length, overrides });
  return points;
}
