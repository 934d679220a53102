/** Where the definition of a stage names something, for messages. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import { someLines } from "../../base/text/listing.ts";
import type { Scalar } from "../../base/value.ts";
import { type KeyFinder, keyFinder } from "../definition/source.ts";
import type { OutputSpec, Stage } from "../types.ts";

/** The 1-based line of a key of a stage, or of what holds it; undefined where its file has no such stage. */
export type StageLines = (stage: Stage, key: readonly Scalar[]) => number | undefined;

/** An entry of `foreach` has its keys below `do`, one of `matrix` beside it. */
function placesOf({ cmd, name }: Stage, key: readonly Scalar[]): readonly (readonly Scalar[])[] {
  if (cmd === null) return [key];
  const group = name.split("@", 1)[0] ?? name;
  return [
    ["stages", name, ...key],
    ["stages", group, "do", ...key],
    ["stages", group, ...key],
  ];
}

/** Files are read only when a line is asked for: where something is wrong. */
export function stageLines(root: string): StageLines {
  const finders = new Map<string, KeyFinder>();
  return (stage, key) => {
    const { file } = stage;
    const find = finders.get(file) ?? keyFinder({ file, text: String(readIfExists(path.join(root, file)) ?? "") });
    finders.set(file, find);
    const found = placesOf(stage, key).map((place) => find(place));
    const lines = found.filter(({ depth }) => depth >= (stage.cmd === null ? 1 : 2)).map(({ line }) => line);
    // The deepest of them that exists.
    return lines.length === 0 ? undefined : Math.max(...lines);
  };
}

const listNames = { out: "outs", metric: "metrics", plot: "plots" } as const;

/** Where a stage's definition names an output. */
export function outputKey({ outs }: Stage, output: OutputSpec | undefined): readonly Scalar[] {
  if (output === undefined) return ["outs"];
  return [listNames[output.kind], BigInt(outs.filter(({ kind }) => kind === output.kind).indexOf(output))];
}

/** `stage 'train' in 'dvc.yaml:7'`, and for a .dvc file its name with the line. */
export function placeName(stage: Stage, line: number | undefined): string {
  const file = `'${stage.file}${line === undefined ? "" : `:${line}`}'`;
  return stage.cmd === null ? file : `stage '${stage.name}' in ${file}`;
}

const shownErrors = 20;

/** Throws what was found: one error as it is, of several the messages one below the other. */
export function throwAll(errors: readonly SweeplineError[]): void {
  const [first] = errors;
  if (first === undefined) return;
  if (errors.length === 1) throw first;
  const messages = errors.map((error) => error.message);
  throw new SweeplineError({
    ...first.toFacts(),
    message: someLines(messages, shownErrors).join("\n"),
  });
}
