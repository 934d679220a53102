/** What the commands that make experiments say of them alike. */
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { type ExperimentSettings, pathsFrom } from "../../experiments/make/enqueue-request.ts";
import type { StartedInputs } from "../../experiments/make/starting-point.ts";
import type { ParamFilesRequest } from "../../experiments/point/param-edits.ts";
import { PointInputs } from "../../experiments/point/point-inputs.ts";
import type { PointSources } from "../../experiments/point/read-points.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { keptOptions, type RunOptions } from "../../pipeline/run-options.ts";
import type { Io } from "../terminal/io.ts";
import { entryLimits, type LimitFlags } from "./limits.ts";

export interface ExperimentFlags extends LimitFlags {
  readonly message?: string;
  readonly copyPaths?: readonly string[];
}

interface Asked {
  readonly targets: readonly string[];
  readonly run: RunOptions;
  readonly options: ExperimentFlags;
}

/** How the experiments of a command line are run. */
export function askedRun({ io }: { readonly io: Io }, { targets, run, options }: Asked): ExperimentSettings {
  return {
    targets,
    flags: keptOptions(run),
    copyPaths: pathsFrom(io.cwd, options.copyPaths),
    message: options.message,
    ...entryLimits(options),
  };
}

/** The files that points of a command line start from. */
export function inputsOf(
  { io, context }: { readonly io: Io; readonly context: ExperimentsContext },
  points: Omit<ParamFilesRequest, "folder">,
): PointInputs {
  return new PointInputs(context, { ...points, folder: path.relative(context.project.root, io.cwd) });
}

/** The same for points that start from a checkpoint: an experiment's name, or a commit of its chain. */
export async function inputsFrom(
  { io, context }: { readonly io: Io; readonly context: ExperimentsContext },
  points: Omit<ParamFilesRequest, "folder">,
  checkpoint: string,
): Promise<StartedInputs> {
  const { inputsFromCheckpoint } = await import("../../experiments/make/starting-point.ts");
  return inputsFromCheckpoint(context, { ...points, folder: path.relative(context.project.root, io.cwd) }, checkpoint);
}

/** Where a command finds its points. */
export function pointSources(io: Io, sources: Omit<PointSources, "folder" | "readStdin">): PointSources {
  return { ...sources, folder: io.cwd, readStdin: async () => (await buffer(io.stdin)).toString() };
}
