/** Which stages a reproduction visits. */
import { type Plan, planStages } from "../graph/plan.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import { chooseStages } from "../reading/targets.ts";
import type { Stage, StageAddress } from "../types.ts";
import type { ReproduceOptions } from "./options.ts";

export type PlanOptions = Pick<
  ReproduceOptions,
  "targets" | "allPipelines" | "recursive" | "glob" | "pipeline" | "singleItem" | "downstream"
>;

/** The stages that a reproduction from this folder visits. */
export function planOfRun(stages: ProjectStages, options: PlanOptions, folder: string): Plan {
  if (options.allPipelines) return planStages(stages.graph, { targets: undefined, extent: "with-dependencies" });
  const chosen = chooseStages(stages, {
    targets: options.targets.length > 0 ? options.targets : ["dvc.yaml"],
    folder,
    recursive: options.recursive,
    names: options.glob ? "glob" : "exact",
  });
  const extent = options.pipeline
    ? "connected"
    : options.singleItem
      ? "targets-only"
      : options.downstream
        ? "downstream"
        : "with-dependencies";
  return planStages(stages.graph, { targets: chosen.map(({ stage }) => stage.address), extent });
}

/** The stages of these addresses, in their order. */
export function stagesOf(stages: ProjectStages, addresses: readonly StageAddress[]): Stage[] {
  return addresses.flatMap((address) => stages.graph.stages.get(address) ?? []);
}

/** The stages of planOfRun(), in their order. */
export function stepsOfRun(stages: ProjectStages, options: PlanOptions, folder: string): readonly Stage[] {
  return stagesOf(stages, planOfRun(stages, options, folder).steps);
}
