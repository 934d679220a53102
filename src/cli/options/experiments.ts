/** What the commands that make experiments say of them alike. */
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { quotedList } from "../../base/text/listing.ts";
import { type ExperimentSettings, pathsFrom } from "../../experiments/make/enqueue-request.ts";
import type { ParamFilesRequest } from "../../experiments/point/param-edits.ts";
import type { StartingPoint } from "../../experiments/point/params-from-tree.ts";
import { PointInputs } from "../../experiments/point/point-inputs.ts";
import type { PointSources } from "../../experiments/point/read-points.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import type { ObjectId } from "../../git/ids.ts";
import { git } from "../../git/run.ts";
import { changedSubmodules } from "../../git/submodules.ts";
import { keptOptions, type RunOptions } from "../../pipeline/run-options.ts";
import { type Io, warn } from "../terminal/io.ts";
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
): Promise<{ readonly inputs: PointInputs; readonly from: StartingPoint }> {
  const [{ resolveExperiment }, { sourceFrom }] = await Promise.all([
    import("../../experiments/results/finished.ts"),
    import("../../experiments/point/params-from-tree.ts"),
  ]);
  const { commit, baseline } = await resolveExperiment(context, checkpoint);
  const tree = (await git(["rev-parse", `${commit}^{tree}`], { cwd: context.repository.workTree })).trim() as ObjectId;
  const from = { commit, tree, baseline };
  const request = { ...points, folder: path.relative(context.project.root, io.cwd) };
  return { from, inputs: new PointInputs(context, request, await sourceFrom(context, from, request)) };
}

/** Copies have submodules at the commits that the workspace names: what is not committed there stays behind. */
export async function warnOfSubmodules(io: Io, { repository }: ExperimentsContext): Promise<void> {
  const changed = await changedSubmodules(repository);
  if (changed.length === 0) return;
  const names = quotedList(changed);
  warn(
    io,
    `changes inside of submodules are not in the copies where experiments run: commit them in ${names}, then \`git add\` these`,
  );
}

/** Where a command finds its points. */
export function pointSources(io: Io, sources: Omit<PointSources, "folder" | "readStdin">): PointSources {
  return { ...sources, folder: io.cwd, readStdin: async () => (await buffer(io.stdin)).toString() };
}
