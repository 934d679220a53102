/** `exp run --dry`: what would run in the workspace. Nothing is named, changed or committed. */

import path from "node:path";
import type { Value } from "../../base/value.ts";
import type { PointInputs } from "../../experiments/point/point-inputs.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { pathKey } from "../../pipeline/paths.ts";
import { laidOver } from "../../pipeline/reading/file-source.ts";
import { loadProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { ReproduceEvents } from "../../pipeline/reproduce/events.ts";
import { reproductionError } from "../../pipeline/reproduce/failure-words.ts";
import { reproduce } from "../../pipeline/reproduce/reproduce.ts";
import type { RunOptions } from "../../pipeline/run-options.ts";
import type { Point } from "../../sweep/types.ts";

export interface DryRunRequest {
  readonly inputs: PointInputs;
  readonly targets: readonly string[];
  readonly options: RunOptions;
  readonly point: Point;
  /** The folder of the command: targets and parameter files start there. */
  readonly cwd: string;
}

/** What the parameter files would hold, by the paths that lead to them. */
async function valuesAt(
  context: ExperimentsContext,
  { point, inputs, cwd }: DryRunRequest,
): Promise<ReadonlyMap<string, Value>> {
  const files = await inputs.paramFiles();
  return new Map(
    files.flatMap((file) => {
      const value = file.valueAt(point);
      return [path.resolve(cwd, file.name), file.absolute].map(
        (name) => [pathKey(context.project.root, name), value] as const,
      );
    }),
  );
}

/** Tells the stages that would run with the point's parameters. Throws what a run would be refused for. */
export async function dryRun(
  context: ExperimentsContext,
  request: DryRunRequest,
  events: ReproduceEvents,
): Promise<void> {
  const { project } = context;
  const { targets, options } = request;
  const source = laidOver(request.inputs.source, await valuesAt(context, request));
  const result = await reproduce(
    project,
    {
      ...options,
      targets,
      // One after the other, as they are printed.
      jobs: 1,
      folder: request.cwd,
      environment: {},
      dvcRoot: project.root,
      output: { kind: "inherit" },
      signal: new AbortController().signal,
      stages: await loadProjectStages(project, { source }),
    },
    events,
  );
  if (result.kind === "failed") throw reproductionError(result.failures, options.onError);
}
